"""Themes of live jams: clustering in processes of its own, with its results recorded in the journal."""
