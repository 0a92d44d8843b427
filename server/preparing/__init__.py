"""Stores are set up and checked here: `hothouse store init` and `hothouse store check`."""
