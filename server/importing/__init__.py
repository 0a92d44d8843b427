"""Brings what was said elsewhere into a jam of its own, with its times and people, and accounts for every line."""
