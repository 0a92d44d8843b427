"""Keeping a server's data: backups and their restoration, and archives that move a jam to another server."""
