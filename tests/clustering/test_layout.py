"""The map of themes."""

import numpy as np

from clustering.layout import beside, place_circles, place_points, shift
from clustering.vectors import centroids, unit


def scene(sizes: list[int], seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    vectors = unit(rng.normal(size=(len(sizes), 20))[labels] + 0.5 * rng.normal(size=(len(labels), 20)))
    return vectors, labels, centroids(vectors, labels, len(sizes))


def test_circles_lie_inside_and_do_not_overlap() -> None:
    for seed in range(10):
        sizes = np.random.default_rng(seed).integers(1, 200, 20).tolist()
        _, _, means = scene(sizes, seed)
        circles = place_circles(sizes, means, [None] * 20)
        assert (circles[:, :2] - circles[:, 2:] >= -1e-6).all()
        assert (circles[:, :2] + circles[:, 2:] <= 1 + 1e-6).all()
        apart = np.linalg.norm(circles[:, None, :2] - circles[None, :, :2], axis=2) - circles[:, None, 2] - circles[None, :, 2]
        np.fill_diagonal(apart, 1)
        assert apart.min() > -0.01


def test_points_lie_in_their_circle_the_typical_in_the_middle() -> None:
    sizes = [60, 30, 10]
    vectors, labels, means = scene(sizes)
    circles = place_circles(sizes, means, [None] * 3)
    points = place_points(vectors, labels, circles, means, None)
    away = np.linalg.norm(points - circles[labels, :2], axis=1)
    assert (away <= circles[labels, 2] + 1e-6).all()
    for theme in range(3):
        rows = np.flatnonzero(labels == theme)
        typical = vectors[rows] @ means[theme]
        assert rows[np.argmax(typical)] == rows[np.argmin(away[rows])]


def test_the_same_scene_again_stays_where_it_was() -> None:
    sizes = [60, 30, 10]
    vectors, labels, means = scene(sizes)
    circles = place_circles(sizes, means, [None] * 3)
    points = place_points(vectors, labels, circles, means, None)
    places = [tuple(circle) for circle in circles]
    again = place_circles(sizes, means, places)
    assert np.allclose(circles, again, atol=0.01)
    assert shift(place_points(vectors, labels, again, means, points), points) < 0.005


def test_a_mirrored_map_before_is_followed() -> None:
    sizes = [60, 30]
    vectors, labels, means = scene(sizes)
    circles = place_circles(sizes, means, [None] * 2)
    points = place_points(vectors, labels, circles, means, None)
    mirrored = points.copy()
    mirrored[:, 0] = 2 * circles[labels, 0] - points[:, 0]
    assert shift(place_points(vectors, labels, circles, means, mirrored), mirrored) < 0.005


def test_no_themes_one_theme_and_loose_texts() -> None:
    assert place_circles([], np.zeros((0, 4)), []).shape == (0, 3)
    vectors, _, means = scene([5])
    circles = place_circles([5], means, [None])
    assert circles[0, :2].tolist() == [0.5, 0.5]
    points = place_points(vectors, np.full(5, -1), circles, means, None)
    assert len(set(points[:, 0].tolist())) == 5
    assert (points[:, 1] > 0.9).all()


def test_a_new_text_is_put_beside_another_inside_the_circle() -> None:
    circle = np.array([0.5, 0.5, 0.2])
    for number in range(50):
        point = beside(np.array([0.69, 0.5], dtype=np.float32), circle, number)
        assert np.linalg.norm(point - circle[:2]) <= 0.2 + 1e-6
