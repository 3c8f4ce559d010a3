"""What would happen? Rules of thumb and sums over memory and connections; pure."""
