"""The toy application over HTTP, in process."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from server.api.limits import HttpLimits
from tests.live.toy import HOSTS, World, build


@dataclass
class Api:
    world: World
    http: httpx.AsyncClient

    async def post(self, query: str | None = None, headers: dict[str, str] | None = None, **payload: Any) -> httpx.Response:
        body = payload if query is None else {"query": query, **payload}
        return await self.http.post("/graphql", json=body, headers=headers)

    async def ask(self, query: str, **variables: Any) -> Any:
        return (await self.post(query, variables=variables)).json()


@pytest.fixture
async def api(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncGenerator[Api, None]:
    world = World()
    limits = getattr(request, "param", None) or HttpLimits(allowed_hosts=HOSTS)
    transport = httpx.ASGITransport(build(world, http=limits))
    async with httpx.AsyncClient(transport=transport, base_url="http://jam.test") as client:
        yield Api(world, client)
