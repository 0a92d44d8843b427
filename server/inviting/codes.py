"""Codes that are read from a wall and typed in: eight letters that are not mistaken for one another."""

import secrets

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without I, L, O, U, 0 and 1."""

LENGTH = 8


def new_code() -> str:
    """39 bits; guesses are limited, see `server.access.limiter`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def typed(text: str) -> str | None:
    """The code that was typed, in any case and with any spaces or dashes; None where it can't be one."""
    code = "".join(text.split()).replace("-", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def shown(code: str) -> str:
    """In two groups of four, as it is read aloud."""
    return f"{code[:4]} {code[4:]}"
