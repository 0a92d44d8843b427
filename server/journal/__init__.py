"""Append-only streams of events: one port, and its adapters for memory, SQLite and MongoDB."""
