"""Which journeys are known? Every module of this folder but `product` holds one, as `JOURNEY`."""
