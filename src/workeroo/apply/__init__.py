"""How is a plan put in place, and taken back? The only room that writes a server's files."""
