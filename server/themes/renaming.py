"""Which themes of a run the company's namer is asked about, and which of its answers are taken."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clustering import ThemeModel
from clustering.phrases import phrase_vectors
from clustering.vectors import centroids
from server.themes.messages import Item, Request
from server.themes.name_checks import is_free, is_grounded, is_plain_name
from server.themes.namer import ChatNamer, NamerSettings, Subject

Told = Mapping[str, Any]
_NEAR = 0.15


def renamed(
    settings: NamerSettings | None, request: Request, model: ThemeModel, themes: Sequence[Told], items: Sequence[Item]
) -> tuple[list[Told], Mapping[str, Any]]:
    """The themes with the names that were taken, and what the run's report says about it (nothing, where there is no namer).

    items: the ideas for everyone, by row of the model. Themes with a name given by hand, and those that keep the name they
    have, are not asked about.
    """
    if settings is None:
        return list(themes), {}
    wanted = _wanted(request, themes)
    texts = {item.id: item.text for item in items}
    subjects = [
        Subject(theme["id"], theme["keywords"], [texts[id] for id in theme["medoids"] if id in texts]) for theme in wanted
    ]
    language = request.language
    suggested = ChatNamer(settings).suggestions([each for each in subjects if each.texts], language)
    taken = _taken(model, subjects, suggested, [theme["name"] for theme in themes], items, language)
    report = {"model": settings.model, "asked": len(subjects), "themes": sorted(taken)}
    return [{**theme, "name": taken.get(theme["id"], theme["name"])} for theme in themes], {"namer": report}


def _wanted(request: Request, themes: Sequence[Told]) -> list[Told]:
    kept = {(note.id, note.name) for note in request.notes}
    return [theme for theme in themes if theme["id"] not in request.edits.names and (theme["id"], theme["name"]) not in kept]


def _taken(
    model: ThemeModel, subjects: Sequence[Subject], suggested: Mapping[str, str], names: Sequence[str],
    items: Sequence[Item], language: str,
) -> dict[str, str]:  # fmt: skip
    """Of what was suggested: plain names that no theme has, and that have a word in common with the ideas or mean the same."""
    used, found = list(names), {}
    near = _nearness(model, [suggested.get(subject.id, "") for subject in subjects], subjects, items, language)
    for subject, close in zip(subjects, near, strict=True):
        name = suggested.get(subject.id, "")
        if not is_plain_name(name, language) or not is_free(name, used):
            continue
        if is_grounded(name, subject.texts, subject.keywords) or close >= _NEAR:
            found[subject.id] = name
            used.append(name)
    return found


def _nearness(
    model: ThemeModel, names: Sequence[str], subjects: Sequence[Subject], items: Sequence[Item], language: str
) -> list[float]:
    """The cosine of each name with the mean of its group's central ideas."""
    if not names:
        return []
    row = {item.id: number for number, item in enumerate(items)}
    by_text = {item.text: row[item.id] for item in items}
    vectors = phrase_vectors(names, model.embedder_.embed, model.summary_.preparation.mean_of(language))
    close = []
    for subject, vector in zip(subjects, vectors, strict=True):
        rows = [by_text[text] for text in subject.texts if text in by_text]
        mean = centroids(model.embeddings_[rows], np.zeros(len(rows), dtype=np.int64), 1)[0] if rows else 0 * vector
        close.append(float(vector @ mean))
    return close
