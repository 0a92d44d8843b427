"""The real page sends hashes only; a server that knows nothing else refuses everything else, and says so to an old page."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.e2e.boards import open_board, support_button, support_count
from tests.e2e.people import JAM, OURS, People
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE


def what_is_sent(page: Page) -> list[dict[str, Any]]:
    """Every GraphQL request of the page from now on, over HTTP and over its socket."""
    sent: list[dict[str, Any]] = []

    def take(text: str | bytes) -> None:
        message = json.loads(text)
        if message.get("type") == "subscribe":
            sent.append(message["payload"])

    page.on("request", lambda request: sent.append(request.post_data_json) if request.url.endswith("/graphql") else None)
    page.on("websocket", lambda socket: socket.on("framesent", take))
    return sent


def is_hash_only(request: dict[str, Any]) -> bool:
    return not request.get("query") and len(request["extensions"]["persistedQuery"]["sha256Hash"]) == 64


def test_the_page_works_at_a_server_that_trusts_nothing_else(
    start_server: Callable[..., Serving], people_at: Callable[[str], People]
) -> None:
    people = people_at(start_server(HOTHOUSE_TRUSTED_DOCUMENTS_ONLY="true").url)
    acting, watching = people.page("participant, English"), people.page("participant, Hebrew", "phone", "he")
    sent = what_is_sent(acting)
    open_board(acting, JAM)
    open_board(watching, JAM)

    before = support_count(acting.locator("article.tile").first, EN)
    was_given = support_button(acting.locator("article.tile").first, EN).get_attribute("aria-pressed") == "true"
    title = acting.locator("article.tile h2").first.inner_text()
    support_button(acting.locator("article.tile").first, EN).click()
    after = before + (-1 if was_given else 1)
    there = watching.locator("article.tile").filter(has_text=title)
    expect(there.locator(".support bdi.figures")).to_have_text(str(after))
    assert support_count(there, HE) == after

    assert {"JamHead", "SupportIdea" if not was_given else "WithdrawSupport"} <= {one.get("operationName") for one in sent}
    assert len([one for one in sent if "operationName" not in one]) >= 2, "subscriptions go over the socket"
    assert all(map(is_hash_only, sent)), sent

    moderator = people.page("moderator")
    moderator.goto(f"{JAM}/console")
    expect(moderator.get_by_role("heading", name=EN("console_health"))).to_be_visible()


def test_a_text_is_refused_there_even_the_text_of_a_harmless_question(
    start_server: Callable[..., Serving], people_at: Callable[[str], People]
) -> None:
    people = people_at(start_server(HOTHOUSE_TRUSTED_DOCUMENTS_ONLY="true").url)
    requests = people.playwright.request.new_context(base_url=people.url, extra_http_headers=OURS)
    answer = requests.post("/graphql", data={"query": "{ serverTime }"})
    assert (answer.status, answer.json()["errors"][0]["extensions"]["code"]) == (400, "DOCUMENT_NOT_TRUSTED")
    requests.dispose()


REFUSED = '{"errors": [{"message": "…", "extensions": {"code": "%s"}}]}'


def forgetting(code_of_texts: str | None) -> Callable[[Route], None]:
    """A server of another build: it knows no hash, and texts only if no code is given to refuse them with."""

    def answer(route: Route) -> None:
        is_text = "query" in route.request.post_data_json
        code = code_of_texts if is_text else "PERSISTED_QUERY_NOT_FOUND"
        if code is None:
            route.continue_()
        else:
            route.fulfill(status=200, content_type="application/json", body=REFUSED % code)

    return answer


def test_what_another_build_of_the_server_does_not_know_is_sent_as_text(people: People) -> None:
    page = people.page("participant, English")
    page.route("**/graphql", forgetting(None))
    sent = what_is_sent(page)
    open_board(page, JAM)
    asked = [one for one in sent if one.get("operationName") == "JamHead"]
    assert [is_hash_only(one) for one in asked] == [True, False]
    page.goto(f"{JAM}/themes")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_old_page_says_that_it_is_to_be_loaded_again(people: People) -> None:
    page = people.page("participant, Hebrew", "phone", "he")
    page.route("**/graphql", forgetting("DOCUMENT_NOT_TRUSTED"))
    page.goto(JAM)
    expect(page.get_by_role("heading", name=HE("state_outdated_title"))).to_be_visible()
    expect(page.get_by_text(HE("state_outdated_text"))).to_be_visible()
