"""What a regrouping holds back of settled themes: by itself, without a clustering; every case, and properties of all."""

from collections import Counter
from collections.abc import Collection

from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam.theme_proposals import ProposalKind
from server.themes.holding import MOST, Change, Held, hold

MERGE, SPLIT, NEW, RETIRE = ProposalKind.MERGE, ProposalKind.SPLIT, ProposalKind.NEW, ProposalKind.RETIRE


def themes(text: str) -> list[str | None]:
    """A letter for each idea: its theme, "." for none."""
    return [None if letter == "." else letter for letter in text.replace(" ", "")]


def held(shown: str, found: str, settled: str = "abcdef", fresh: Collection[int] = ()) -> Held:
    def nearest(row: int, some: Collection[str]) -> str | None:
        return min(some, default=None)

    return hold(themes(shown), themes(found), fresh, set(settled) & set(shown), nearest)


def test_what_did_not_change_is_shown_as_it_was_found() -> None:
    same = held("aaabbb", "aaabbb")
    assert (same.theme_of, same.changes) == (themes("aaabbb"), ())


def test_ideas_move_one_by_one_between_themes_that_go_on() -> None:
    moved = held("aaaabbbb", "aaabbbbb")
    assert (moved.theme_of, moved.changes) == (themes("aaabbbbb"), ())


def test_two_themes_that_are_one_are_proposed_to_merge() -> None:
    board = held("aaaabbb..", "aaaaaaa.a")
    assert board.changes == (Change(MERGE, ("a", "b")),)
    assert board.theme_of == themes("aaaabbb.a")


def test_three_themes_that_are_one_are_one_proposal() -> None:
    assert held("aaaabbbccc", "aaaaaaaaaa").changes == (Change(MERGE, ("a", "b", "c")),)


def test_a_theme_that_is_two_is_proposed_to_split() -> None:
    board = held("aaaaaabb", "aaaxxxbb")
    assert board.changes == (Change(SPLIT, ("a",), ("x",)),)
    assert board.theme_of == themes("aaaaaabb")
    assert board.found == themes("aaaxxxbb")


def test_a_theme_that_is_several_is_one_proposal() -> None:
    assert held("aaaaaaaaa", "aaaxxxyyy").changes == (Change(SPLIT, ("a",), ("x", "y")),)


def test_a_theme_made_of_parts_of_several_is_new() -> None:
    board = held("aaaaabbbbb", "aaaxxbbbxx")
    assert board.changes == (Change(NEW, ("a", "b"), ("x",)),)
    assert board.theme_of == themes("aaaaabbbbb")


def test_a_theme_that_falls_apart_is_proposed_to_retire() -> None:
    board = held("aaabbbccccc", "aaabbbabab.")
    assert board.changes == (Change(RETIRE, ("c",)),)
    assert board.theme_of == themes("aaabbbccccc")
    assert board.homes == themes("aaabbbabab.")


def test_new_ideas_form_a_theme_by_themselves() -> None:
    board = held("aaaaaa....", "aaaaaaxxxx")
    assert (board.theme_of, board.changes) == (themes("aaaaaaxxxx"), ())
    placed = held("aaaaaaaaaa", "aaaaaxxxxx", fresh={6, 7, 8, 9})
    assert (placed.theme_of, placed.changes) == (themes("aaaaaxxxxx"), ())


def test_a_theme_that_is_found_under_a_new_id_goes_on_as_itself() -> None:
    board = held("aaabbb......", "xxxbbbxxxxxx")
    assert board.renamed == {"x": "a"}
    assert (board.theme_of, board.changes) == (themes("aaabbbaaaaaa"), ())


def test_themes_that_are_still_forming_change_by_themselves() -> None:
    board = held("aaaabbb", "aaaaaaa", settled="")
    assert (board.theme_of, board.changes) == (themes("aaaaaaa"), ())
    assert held("aaaabbbcc", "aaaaaaaaa", settled="b").changes == (Change(MERGE, ("a", "b")),)
    assert held("aaaaaabb", "aaaxxxbb", settled="b").changes == ()


def has_own(board: tuple[str, str, set[int], str]) -> bool:
    """A found theme has the id of one that goes on because it holds ideas of that one."""
    shown, found, fresh, _ = board
    own = {now for row, (was, now) in enumerate(zip(shown, found, strict=True)) if was == now and row not in fresh}
    return own >= {now for now in found if now in "abcd"}


BOARDS = st.integers(1, 40).flatmap(
    lambda size: st.tuples(
        st.text("abcd.", min_size=size, max_size=size), st.text("abcdxyz.", min_size=size, max_size=size),
        st.sets(st.integers(0, size - 1)), st.sampled_from(["", "a", "ab", "abcd"]),
    )
).filter(has_own)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(BOARDS)
def test_settled_themes_stay_unless_people_agree(board: tuple[str, str, set[int], str]) -> None:
    """Each settled theme with an idea of before is on the board; a found theme that is not was proposed, or has only ideas that
    a theme about to retire keeps."""
    shown, found, fresh, settled = board
    made = held(shown, found, settled, fresh)
    old = {theme for row, theme in enumerate(themes(shown)) if row not in fresh} - {None}
    assert set(made.theme_of) >= old & set(settled)
    proposed = {new for change in made.changes for new in change.new}
    assert not proposed & set(made.theme_of)
    named = {made.renamed.get(theme, theme) for theme in set(found) - {"."}}
    retiring = {change.themes[0] for change in made.changes if change.kind is RETIRE}
    for lost in named - proposed - set(made.theme_of):
        assert {was for was, now in zip(themes(shown), made.found, strict=True) if now == lost} <= retiring
    ended = {theme for change in made.changes if change.kind in (MERGE, RETIRE) for theme in change.themes}
    assert (old & set(settled)) - named <= ended


@settings(max_examples=250, deadline=None)
@given(BOARDS)
def test_nothing_is_invented(board: tuple[str, str, set[int], str]) -> None:
    """An idea is shown where it was or where it was found to belong, or in a theme about to merge with that or its source."""
    shown, found, fresh, settled = board
    made = held(shown, found, settled, fresh)
    for was, now, here in zip(themes(shown), made.found, made.theme_of, strict=True):
        related = {theme for change in made.changes if now in (*change.themes, *change.new) for theme in change.themes}
        assert here in (was, now) or here in related


@settings(max_examples=150, deadline=None)
@given(BOARDS)
def test_a_merge_takes_most_of_a_theme_and_a_retirement_does_not(board: tuple[str, str, set[int], str]) -> None:
    shown, found, fresh, settled = board
    made = held(shown, found, settled, fresh)
    went: dict[str, Counter[str | None]] = {}
    for row, (was, now) in enumerate(zip(themes(shown), made.found, strict=True)):
        if was is not None and row not in fresh:
            went.setdefault(was, Counter())[now] += 1
    for change in made.changes:
        if change.kind is MERGE:
            into, *others = change.themes
            assert all(went[theme][into] > MOST * went[theme].total() for theme in others)
        elif change.kind is RETIRE:
            (theme,) = change.themes
            standing = {other: count for other, count in went[theme].items() if other in went}
            assert all(count <= MOST * went[theme].total() for count in standing.values())
