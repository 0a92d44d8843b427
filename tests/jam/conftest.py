"""The jam that most tests act in."""

import pytest

from tests.jam.world import World


@pytest.fixture
def world() -> World:
    """A jam in its ideation phase."""
    return World()
