"""The voice: products as text, JSON and pages. It never probes and never does a deed."""
