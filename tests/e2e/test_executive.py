"""An executive reads the briefing, follows a number down to the ideas that made it, reads the map and takes the data along."""

import csv
import io
import json
import re

import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import expect

from tests.e2e.people import JAM, SLUG, People
from tests.e2e.words import EN, HE

BRIEFED = """query($slug: String!) { jam(slug: $slug) { counts { ideas } themes { id name parentId supportCount
  centralIdeas(first: 1) { id title supportCount commentCount } } } }"""


def test_the_briefing_ranks_and_leads_down_to_an_idea(people: People) -> None:
    page = people.page("executive", language="en")
    page.goto(f"{JAM}/briefing")
    themes = [theme for theme in people.api("executive").ask(BRIEFED, slug=SLUG)["jam"]["themes"] if not theme["parentId"]]
    top = max(themes, key=lambda theme: theme["supportCount"])
    entries = page.locator(".entries article")
    expect(entries).to_have_count(len(themes))
    expect(entries.first.get_by_role("heading", level=3)).to_have_text(top["name"])

    page.get_by_role("tab", name=EN("briefing_momentum")).click()
    expect(page).to_have_url(re.compile("by=momentum"))
    expect(page.get_by_text(EN("briefing_ranked_by", name=EN("briefing_momentum")), exact=True)).to_be_visible()
    page.get_by_role("tab", name=EN("briefing_support")).click()

    central = top["centralIdeas"][0]
    entries.first.get_by_role("link", name=central["title"], exact=True).click()
    drill = page.get_by_role("dialog", name=EN("drill_title"))
    expect(drill.get_by_role("heading", name=central["title"])).to_be_visible()
    expect(drill.get_by_text(EN("drill_votes"), exact=True)).to_be_visible()
    drill.get_by_role("link", name=EN("drill_open")).click()
    expect(page.get_by_role("heading", level=1, name=central["title"])).to_be_visible()


def test_a_number_says_how_it_is_counted(people: People) -> None:
    page = people.page("executive", "phone", "he")
    page.goto(f"{JAM}/briefing")
    page.get_by_role("button", name=HE("briefing_explain", name=HE("briefing_breadth"))).first.click()
    expect(page.get_by_role("dialog").get_by_text(HE("briefing_why_breadth"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_map_leads_to_a_theme_and_to_an_idea(people: People) -> None:
    page = people.page("executive", language="en")
    page.goto(f"{JAM}/map")
    jam = people.api("executive").ask(BRIEFED, slug=SLUG)["jam"]
    drawing = page.get_by_role("application")
    expect(drawing.locator("svg.drawing .points path").nth(jam["counts"]["ideas"] // 2)).to_be_attached()
    beside = page.get_by_role("complementary", name=EN("map_beside"))
    name = max((one for one in jam["themes"] if not one["parentId"]), key=lambda one: one["supportCount"])["name"]
    beside.get_by_role("link", name=name, exact=True).click()
    expect(beside.get_by_role("heading", name=name)).to_be_visible()

    drawing.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("idea="))
    expect(beside.get_by_role("link", name=EN("drill_open"))).to_be_visible()
    expect(beside.get_by_text(EN("drill_lineage"))).to_be_visible()

    page.goto(f"{JAM}/map")
    page.get_by_role("tab", name=EN("chart_as_table")).click()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(51)
    rows.nth(1).get_by_role("link").first.click()
    expect(beside.get_by_role("link", name=EN("drill_open"))).to_be_visible()


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
def test_the_jam_can_be_taken_along(people: People, format: str) -> None:
    page = people.page("executive", language="en")
    page.goto(f"{JAM}/briefing")
    page.get_by_role("button", name=EN("briefing_export")).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=format.upper()).click()
    assert download.value.suggested_filename == f"{SLUG}.{format}"
    content = download.value.path().read_bytes()
    title = "Sell every spare part to anyone, with the price on the page"
    assert title in titles_in(content, format)


def titles_in(content: bytes, format: str) -> set[str]:
    """The titles of the ideas in an export."""
    if format == "csv":
        return {row["title"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}
    if format == "json":
        return {idea["title"] for idea in json.loads(content)["ideas"]}
    rows = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Ideas"].iter_rows(values_only=True)
    column = next(rows).index("Title")
    return {str(row[column]) for row in rows}


def test_briefing_and_export_are_closed_to_participants(people: People) -> None:
    page = people.page("participant, English")
    page.goto(f"{JAM}/briefing")
    expect(page.get_by_role("heading", name=EN("briefing_forbidden_title"))).to_be_visible()
    assert page.request.get(f"/export/{SLUG}.csv").status == 403
