"""What people can choose to be told of, and which notices are of which kind."""

from enum import StrEnum


class PushKind(StrEnum):
    """BUILT_ON: somebody built on one's idea. COMMENT: on one's idea, or a reply. DECISION: what moderators decided about what
    one wrote, or about oneself. ANNOUNCEMENT: a sentence of the moderators to everyone. PHASE: ideas can be posted soon, or
    not for much longer.
    """

    BUILT_ON = "BUILT_ON"
    COMMENT = "COMMENT"
    DECISION = "DECISION"
    ANNOUNCEMENT = "ANNOUNCEMENT"
    PHASE = "PHASE"


KIND_OF: dict[str, PushKind | None] = {
    "BUILT_ON": PushKind.BUILT_ON,
    "COMMENTED": PushKind.COMMENT,
    "REPLIED": PushKind.COMMENT,
    "HIDDEN": PushKind.DECISION,
    "RESTORED": PushKind.DECISION,
    "REMOVED": PushKind.DECISION,
    "MERGED": PushKind.DECISION,
    "UNMERGED": PushKind.DECISION,
    "FEATURED": PushKind.DECISION,
    "MOVED": PushKind.DECISION,
    "MUTED": PushKind.DECISION,
    "RESTRICTION_LIFTED": PushKind.DECISION,
    "SUSPENDED": None,
}
"""Every kind of notice. None: not told; who is suspended sees nothing of the jam, and is told why when they open it."""
