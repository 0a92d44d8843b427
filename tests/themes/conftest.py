"""What every test of themes needs."""

from collections.abc import Iterator
from typing import Any

import pytest

from server.themes.vectors import VectorStore


@pytest.fixture(autouse=True)
def closed_stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Vector stores are closed at the end: in the product their process is, and the system closes them."""
    made, begin = list[VectorStore](), VectorStore.__init__

    def begun(store: VectorStore, *how: Any) -> None:
        begin(store, *how)
        made.append(store)

    monkeypatch.setattr(VectorStore, "__init__", begun)
    yield
    for store in made:
        store.close()
