"""How is a plan written down? Pure functions of a plan and of what stands, for each format."""
