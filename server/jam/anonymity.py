"""Posting without a name: audit keys, sealed authors, and requests to open them. See docs/decisions/0009.

The author of an anonymous idea or comment is a pseudonym of its own, derived from a secret that only the author's device
has. Who wrote it is in the journal only as a seal: the person's id encrypted to the organizers' audit key, whose private half
the server never has.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from server.jam.ids import derive_id

PSEUDONYM = "~"
"""The first character of a pseudonym; no id of a person begins with it."""

POSTING = "post"
"""The command id of every anonymous post: a pseudonym posts once, so its id alone names what it made."""

LEAST_CROWD = 5
"""Nobody posts without a name where fewer people could have posted it: the name would be guessed."""


def pseudonym_of(jam: str, proof_hash: str) -> str:
    """The author of what was posted under a proof: the same for the same proof, and nothing else in common with anyone."""
    return derive_id(PSEUDONYM, jam, proof_hash)


def is_pseudonym(person: str) -> bool:
    return person.startswith(PSEUDONYM)


def hash_of(proof: str) -> str:
    """What the journal keeps of a proof: SHA-256 in hexadecimal. The proof has 256 random bits, so nobody finds it by it."""
    return sha256(proof.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Seal:
    """`sealed` is the author's id, encrypted to the audit key with the fingerprint `key`, in base64url (`server.sealing`).

    `salt` is public: with it the author's device makes the proof whose hash is `proof_hash` from its secret.
    """

    key: str
    sealed: str
    salt: str
    proof_hash: str


@dataclass(frozen=True, slots=True)
class AuditKey:
    """`public` is an uncompressed point of P-256 in base64url. `eyes` is how many organizers it takes to open what was sealed
    to it; it is promised to whoever posts, so it never changes.
    """

    fingerprint: str
    public: str
    eyes: int
    at: int


@dataclass(slots=True)
class Opening:
    """A request to open the author of `target`. It is open where `opened_at` is set, refused where `declined_at` is."""

    target: str
    reason: str
    by: str
    at: int
    confirmed_by: str | None = None
    opened_at: int | None = None
    declined_at: int | None = None

    @property
    def is_waiting(self) -> bool:
        return self.opened_at is None and self.declined_at is None


@dataclass(slots=True)
class Anonymity:
    """All of a jam's anonymous posting. `key` is the fingerprint of the key that authors are sealed to now; seals and openings
    by the id of the idea or comment, seals in the order of posting.
    """

    is_on: bool = False
    key: str | None = None
    keys: dict[str, AuditKey] = field(default_factory=dict)
    seals: dict[str, Seal] = field(default_factory=dict)
    openings: dict[str, Opening] = field(default_factory=dict)

    @property
    def current(self) -> AuditKey | None:
        return None if self.key is None else self.keys[self.key]
