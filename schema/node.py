"""What has a global id."""

from typing import Any

import strawberry
from strawberry import ID


@strawberry.interface(description="Anything with a global id.")
class Node:
    """The thing itself is in `entity`; a wrapper copies nothing of it."""

    entity: strawberry.Private[Any]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)
