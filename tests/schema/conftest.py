"""The jam that the API's tests ask about."""

import pytest

from tests.schema.mutation_cases import Scene
from tests.schema.world import Api


@pytest.fixture
def api() -> Api:
    """A jam in its ideation phase."""
    return Api()


@pytest.fixture
def scene() -> Scene:
    """A jam with one of each thing that commands are about."""
    return Scene()
