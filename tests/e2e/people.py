"""People with browsers, and with a way to act without one."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Playwright, StorageState

from tests.e2e.watching import Watch

Size = Literal["phone", "desktop"]
Language = Literal["en", "he"]
SIZES: dict[Size, tuple[int, int]] = {"phone": (360, 740), "desktop": (1440, 900)}
LOCALES = {"en": "en-GB", "he": "he-IL"}
SLUG = "rimon-hale"
JAM = f"/jam/{SLUG}"
OURS = {"X-Hothouse": "1"}


class Refused(Exception):
    """The server refused a command; `code` is the rejection's."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer)
        self.code: str = answer["code"]


@dataclass(frozen=True)
class Api:
    """Acts and asks over HTTP, as someone signed in."""

    requests: APIRequestContext

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a query; fails on any error."""
        answer = self.requests.post("/graphql", data={"query": document, "variables": variables})
        body: dict[str, Any] = answer.json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def do(self, command: str, input_type: str, selection: str = "", **input: Any) -> dict[str, Any]:
        """What a command answers; raises `Refused` if it is rejected."""
        document = (
            f"mutation($input: {input_type}!) {{ it: {command}(input: $input) "
            f"{{ __typename ... on Rejection {{ code message }} {selection} }} }}"
        )
        answer: dict[str, Any] = self.ask(document, input={"commandId": str(uuid.uuid4()), **input})["it"]
        if "code" in answer:
            raise Refused(answer)
        return answer

    def jam(self, slug: str = SLUG) -> dict[str, Any]:
        """Id, sequence number, topics and counts of a jam."""
        document = """query($slug: String!) { jam(slug: $slug) {
          id seq phase topics { id title(language: "en") audience { kind relations } } counts { ideas comments supports } } }"""
        jam: dict[str, Any] = self.ask(document, slug=slug)["jam"]
        return jam

    def post_idea(self, jam_id: str, topic_id: str, title: str, body: str = "Because it would help.") -> str:
        """Posts an idea in English; its id."""
        answer = self.do(
            "postIdea", "PostIdeaInput", "... on IdeaSuccess { idea { id } }",
            jamId=jam_id, topicId=topic_id, title=title, body=body, language="en",
        )  # fmt: skip
        id: str = answer["idea"]["id"]
        return id

    def comment(self, idea_id: str, body: str) -> str:
        """Comments on an idea; the comment's id."""
        answer = self.do(
            "postComment", "PostCommentInput", "... on CommentSuccess { comment { id } }", ideaId=idea_id, body=body
        )
        id: str = answer["comment"]["id"]
        return id

    def support(self, idea_id: str) -> None:
        """Supports an idea."""
        self.do("supportIdea", "IdeaInput", ideaId=idea_id)

    def withdraw(self, idea_id: str) -> None:
        """Takes the support back."""
        self.do("withdrawSupport", "IdeaInput", ideaId=idea_id)


@dataclass
class People:
    """Everyone who is signed in at one server: persona → their cookies."""

    browser: Browser
    playwright: Playwright
    url: str
    states: dict[str, StorageState]
    watch: Watch
    _contexts: list[BrowserContext] = field(default_factory=list)
    _apis: dict[str, Api] = field(default_factory=dict)

    def page(
        self, persona: str | None, size: Size = "desktop", language: Language = "en", *, offline_copy: bool = False
    ) -> Page:
        """A page in a fresh browser profile, signed in as a persona (None: nobody). Whatever goes wrong in it fails the test.

        `offline_copy` lets the page keep itself on the device by its service worker.
        """
        width, height = SIZES[size]
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            timezone_id="Asia/Jerusalem",
            has_touch=size == "phone",
            reduced_motion="reduce",
            storage_state=self.states[persona] if persona else None,
            service_workers="allow" if offline_copy else "block",
            accept_downloads=True,
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        self.watch.look_at(page)
        return page

    def api(self, persona: str) -> Api:
        """The same person, without a browser."""
        if persona not in self._apis:
            self._apis[persona] = self.api_for(self.states[persona])
        return self._apis[persona]

    def api_for(self, state: StorageState | None = None) -> Api:
        """Someone with these cookies, without a browser."""
        requests = self.playwright.request.new_context(base_url=self.url, storage_state=state, extra_http_headers=OURS)
        return Api(requests)

    def close(self) -> None:
        """Closes every browser profile that was opened."""
        for context in self._contexts:
            context.close()
        for api in self._apis.values():
            api.requests.dispose()
        self._contexts.clear()
        self._apis.clear()


def enter(playwright: Playwright, url: str, link: str) -> StorageState:
    """Signs in by a link without a browser; the cookies."""
    requests = playwright.request.new_context(base_url=url, extra_http_headers=OURS)
    answer = requests.post("/auth/enter", data={"token": link.partition("#")[2]})
    assert answer.ok, answer.text()
    state = requests.storage_state()
    requests.dispose()
    return state
