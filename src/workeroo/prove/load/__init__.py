"""How is a server loaded, and what did each request of it see?"""
