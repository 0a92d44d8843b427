"""The quality report: true counts, nothing of what is not for everyone unless asked, people's words never markup."""

import json

from server.jam import commands as c
from server.jam import ids
from server.jam.state import JamState
from server.themes.quality_report import mutual_information, quality_of
from server.themes.report_page import page
from tests.jam.world import EMPLOYEES, World, newest

REPORT = {
    "board": {"code": "BEST", "stability": 0.6},
    "parts": {"code": "BEST", "stability": 0.5},
    "cohesion": 0.4,
    "separation": 0.7,
    "silhouette": 0.2,
    "apart": {"t-bikes": 0.75},
    "namer": {"model": "small", "asked": 2, "themes": ["t-trees"]},
    "stayed": 0.98,
    "shift": 0.01,
    "added": 1,
    "gone": 0,
}


def theme(id: str, name: str, medoids: list[str], parent: str | None = None) -> dict[str, object]:
    return {
        "id": id, "name": name, "keywords": ["lanes", "<b>"], "distinctive": [], "medoids": medoids, "parent": parent,
        "cohesion": 0.5, "confidence": 0.25, "x": 0.5, "y": 0.5,
    }  # fmt: skip


def grouped() -> tuple[World, JamState]:
    """Three ideas on bicycles (one for employees only, one in Hebrew), one on trees, one of no theme, one of no words."""
    world = World()
    bikes = [world.post(title="Bicycle *lanes* | for all"), world.post(title="שבילי אופניים", language="he")]
    staff = world.post(title="Secret bicycle lanes", audience=EMPLOYEES)
    trees, none, silent = (world.post(title=title) for title in ("Plant trees", "Something else", "!?!"))
    placed = [(id, "t-bikes", None, 0.1, 0.1) for id in (*bikes, staff)]
    placed += [(trees, "t-trees", None, 0.9, 0.9), (none, None, None, 0.5, 0.98), (silent, None, None, 0.6, 0.98)]
    world.do(
        c.RecordGrouping, ids.SYSTEM, model="tfidf", granularity="auto", reason="2 themes: it is so", report=REPORT,
        themes=(theme("t-bikes", "Bicycles", [staff, *bikes]), theme("t-trees", "Tree planting", [trees])),
        placements=tuple(placed), proposals=(), **newest(world.state),
    )  # fmt: skip
    return world, world.state


def test_counts_and_figures() -> None:
    report = quality_of(grouped()[1])
    assert report["ideas"] == 5
    assert [(t["name"], t["ideas"], t["separation"], t["stability"]) for t in report["themes"]] == [
        ("Bicycles", 2, 0.75, 0.25),
        ("Tree planting", 1, None, 0.25),
    ]
    bikes, trees = report["themes"]
    assert bikes["languages"] == {"en": 1, "he": 1}
    assert (bikes["named_by"], trees["named_by"]) == ("words of the ideas", "the company's model")
    assert (bikes["name_words_in"], trees["name_words_in"]) == (0.5, 1.0)
    assert report["unthemed"] == {
        "silent": {"ideas": 1, "examples": ["!?!"]},
        "unlike": {"ideas": 1, "examples": ["Something else"]},
    }
    json.dumps(report)


def test_what_is_for_some_only_is_in_it_only_when_asked_and_never_in_words() -> None:
    _, state = grouped()
    assert "Secret" not in page(quality_of(state))
    everything = quality_of(state, everything=True)
    assert everything["ideas"] == 6
    assert everything["themes"][0]["ideas"] == 3
    assert "Secret" not in page(everything)


def test_what_people_decide_is_counted() -> None:
    world, state = grouped()
    world.do(c.RenameTheme, "org", theme="t-bikes", name="Cycling")
    report = quality_of(state)
    assert report["themes"][0]["name"] == "Cycling"
    assert report["themes"][0]["named_by"] == "a person"
    assert report["by_hand"]["named"] == 1


def test_the_page_says_it_all_and_escapes_what_people_wrote() -> None:
    text = page(quality_of(grouped()[1]))
    assert "# Themes of jam" in text
    assert "2 themes: it is so" in text
    assert "themes 0.60, sub-themes within their themes 0.50" in text
    assert "98.0% of the ideas stayed in their theme; 1 themes new, 0 gone" in text
    assert "| Bicycles | 2 | 40% |" in text
    assert r"Bicycle \*lanes\* \| for all" in text
    assert r"\<b\>" in text
    assert "1 say nothing in words" in text


def test_a_jam_without_themes_says_so() -> None:
    world = World()
    world.post(title="Alone")
    assert "1 ideas (what is for everyone); they have not been grouped yet." in page(quality_of(world.state))


def test_mutual_information_is_nil_for_what_tells_nothing_and_one_for_what_tells_all() -> None:
    assert mutual_information([("a", 1), ("a", 2), ("b", 1), ("b", 2)]) == 0.0
    assert mutual_information([("a", 1), ("b", 2), ("a", 1), ("b", 2)]) == 1.0
    assert mutual_information([("a", 1), ("a", 2)]) == 0.0
    assert mutual_information([]) == 0.0
