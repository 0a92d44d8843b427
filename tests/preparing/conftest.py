"""A MongoDB for these tests."""

from collections.abc import Iterator

import pytest

from tests.stores.secantus import mongo_server


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a MongoDB that lasts as long as the test session."""
    with mongo_server(tmp_path_factory.mktemp("preparing-mongo") / "data") as url:
        yield url
