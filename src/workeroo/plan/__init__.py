"""What to choose, and why? Decisions with their reasons, and bounds that are never crossed."""
