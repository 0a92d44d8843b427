"""Why a backup or an archive can't be made or taken."""


class KeepingRefused(Exception):
    """The message says why, and what to do; nothing was changed."""
