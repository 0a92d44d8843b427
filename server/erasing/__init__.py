"""Erases a person everywhere: people's names and addresses, their place in every jam, and the texts that they withdraw."""
