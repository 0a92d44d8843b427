"""The jam that the API's tests ask about."""

import pytest

from tests.schema.world import Api


@pytest.fixture
def api() -> Api:
    """A jam in its ideation phase."""
    return Api()
