"""A real OpenID provider in a process of its own, and a browser's way through its pages."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent / "provider"
SECRET = "a-secret-of-thirty-two-characters"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "dana": {"email": "dana@example.org", "email_verified": True, "name": "Dana Levi", "groups": ["everyone"]},
    "mo": {"email": "mo@example.org", "email_verified": True, "name": "Mo", "groups": ["everyone", "jam-moderators"]},
    "ada": {"email": "ADA@example.org", "email_verified": True, "name": "Ada by the company"},
    "mallory": {"email": "ada@example.org", "email_verified": False, "name": "Mallory"},
    "nobody": {"name": "  \u202eAn odd\u0000 name  " + "x" * 200},
}


class OpenIDProvider:
    """The provider on a port of this machine; it can be ended and started again, with another key."""

    def __init__(
        self, port: int, redirect: str, accounts: Mapping[str, Mapping[str, Any]] = ACCOUNTS, slim: bool = False
    ) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self._given = {"port": port, "redirect": redirect, "accounts": accounts, "slim": slim}
        self._process: subprocess.Popen[str] | None = None

    def start(self, key: str = "first") -> None:
        command = ["node", "provider.mjs", json.dumps({**self._given, "key": key})]
        self._process = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "`make test` installs it: npm ci in tests/access/provider"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


async def at_provider(client: httpx.AsyncClient, address: str, login: str | None) -> str:
    """Goes through the provider's pages as a person would; returns the address at which it sends the browser back to us.

    Without a login the person turns back at the provider's page.
    """
    async with httpx.AsyncClient(timeout=10) as pages:
        answer = await pages.get(address)
        for _ in range(12):
            if answer.is_redirect:
                address = str(answer.next_request.url) if answer.next_request else ""
                if "/auth/company/back" in address:
                    return address
                answer = await pages.get(address)
                continue
            answer = await _filled(pages, answer, login)
    raise AssertionError(f"the provider never came back: {answer.status_code} {answer.text[:500]}")


async def _filled(pages: httpx.AsyncClient, answer: httpx.Response, login: str | None) -> httpx.Response:
    assert answer.status_code == 200, answer.text[:500]
    action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
    abort = re.search(r'href="([^"]+/abort)"', answer.text)
    prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
    assert action is not None
    assert prompt is not None
    if login is None:
        assert abort is not None
        return await pages.get(abort[1])
    return await pages.post(action[1], data={"prompt": prompt[1], "login": login, "password": "any"})
