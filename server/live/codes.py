"""Close codes of a live connection, and which of them a client comes back from.

Clients built on `graphql-ws` give up on 4400, 4401, 4406, 4409 and 4429 and on the fatal 1xxx codes, and connect again
after every other one: so what resuming can cure has a code outside that list.
"""

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes of `graphql-transport-ws`, and ours: 1012, 4008, 4290, 4291 and 4292, after all of which clients resume."""

    TOO_BIG = 1009
    RESTART = 1012
    TOO_MANY_MESSAGES = 4008
    TOO_SLOW = 4290
    TOO_MANY_CONNECTIONS = 4291
    BUSY = 4292
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITS = 4429
