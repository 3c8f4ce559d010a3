"""What happened? The lines of a log become incidents and one small profile of the work."""
