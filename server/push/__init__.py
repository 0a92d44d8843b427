"""Web push: people who ask for it are told on their devices what concerns them, never as a flood, each thing once."""
