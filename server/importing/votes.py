"""Accounts for the votes of a deliberation: as cast, as they count, and against the file's own totals."""

from collections import Counter
from collections.abc import Mapping, Sequence

from server.importing.polis_files import Comment, Vote
from server.importing.report import OtherTotal, VoteAccount

Stances = Mapping[str, Counter[str]]
"""Comment → how many of each stance."""


def last_votes(votes: Sequence[Vote]) -> dict[tuple[str, str], list[str]]:
    """(person, comment) → the stances they took, the one that counts last."""
    found: dict[tuple[str, str], list[str]] = {}
    for vote in sorted(votes, key=lambda vote: (vote.at, vote.order)):
        found.setdefault((vote.person, vote.comment), []).append(vote.stance)
    return found


def account(comments: Sequence[Comment], votes: Sequence[Vote]) -> VoteAccount:
    """The account of all votes that were imported."""
    result = VoteAccount()
    pairs = last_votes(votes)
    cast, counted = _by_comment(pairs)
    for stance in result.cast:
        result.cast[stance] = sum(counts[stance] for counts in cast.values())
        result.counted[stance] = sum(counts[stance] for counts in counted.values())
    result.pairs = len(pairs)
    result.repeated = len(votes) - len(pairs)
    result.repeated_pairs = sum(len(stances) > 1 for stances in pairs.values())
    result.changed_pairs = sum(len(set(stances)) > 1 for stances in pairs.values())
    _compare(result, comments, cast, counted)
    return result


def _by_comment(pairs: Mapping[tuple[str, str], list[str]]) -> tuple[Stances, Stances]:
    cast: dict[str, Counter[str]] = {}
    counted: dict[str, Counter[str]] = {}
    for (_, comment), stances in pairs.items():
        cast.setdefault(comment, Counter()).update(stances)
        counted.setdefault(comment, Counter())[stances[-1]] += 1
    return cast, counted


def _compare(result: VoteAccount, comments: Sequence[Comment], cast: Stances, counted: Stances) -> None:
    for comment in comments:
        if comment.totals is None:
            continue
        ours = _two(counted.get(comment.id, Counter()))
        if ours == comment.totals:
            result.same_totals += 1
        else:
            all_cast = _two(cast.get(comment.id, Counter()))
            result.other_totals.append(OtherTotal(comment.id, comment.line, comment.totals, ours, all_cast))


def _two(counts: Counter[str]) -> tuple[int, int]:
    return counts["agree"], counts["disagree"]
