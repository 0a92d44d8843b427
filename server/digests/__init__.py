"""Mails about what concerns somebody in a jam: gathered, at most one a day unless they ask for more, none after a no."""
