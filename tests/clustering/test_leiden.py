"""Communities of a graph."""

import numpy as np
from scipy import sparse

from clustering.leiden import leiden, within


def cliques(count: int, size: int, bridge: float = 0.05) -> sparse.csr_matrix:
    """`count` cliques of `size` nodes, each linked faintly to the next."""
    blocks = sparse.block_diag([sparse.coo_array(np.ones((size, size)) - np.eye(size))] * count).tolil()
    for clique in range(count - 1):
        one, other = clique * size, (clique + 1) * size
        blocks[one, other] = blocks[other, one] = bridge
    return sparse.csr_matrix(blocks)


def test_cliques_are_found() -> None:
    labels = leiden(cliques(6, 5), 1.0, seed=0)
    assert labels.max() == 5
    assert all(len(set(labels[i * 5 : i * 5 + 5].tolist())) == 1 for i in range(6))


def test_the_same_seed_gives_the_same_communities_however_often() -> None:
    rng = np.random.default_rng(0)
    noise = sparse.random(300, 300, 0.05, random_state=rng, format="csr")
    graph = sparse.csr_matrix(noise + noise.T)
    first = leiden(graph, 1.0, seed=3).tolist()
    assert all(leiden(graph, 1.0, seed=3).tolist() == first for _ in range(5))


def test_a_higher_resolution_gives_more_communities() -> None:
    graph = cliques(8, 6, bridge=3.0)
    counts = [leiden(graph, resolution, 0).max() + 1 for resolution in (0.1, 1.0, 4.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_every_community_is_connected() -> None:
    rng = np.random.default_rng(1)
    noise = sparse.random(200, 200, 0.02, random_state=rng, format="csr")
    graph = sparse.csr_matrix(noise + noise.T)
    labels = leiden(graph, 1.0, seed=0)
    for community in range(labels.max() + 1):
        nodes = np.flatnonzero(labels == community)
        parts, _ = sparse.csgraph.connected_components(graph[nodes][:, nodes], directed=False)
        assert parts == 1


def test_a_good_start_is_kept() -> None:
    start = np.repeat([3, 1, 0, 2], 5)
    labels = leiden(cliques(4, 5), 1.0, seed=0, initial=start)
    assert len(set(zip(labels.tolist(), start.tolist(), strict=True))) == 4


def test_no_nodes_and_no_edges() -> None:
    assert leiden(sparse.csr_matrix((0, 0)), 1.0, 0).tolist() == []
    assert leiden(sparse.csr_matrix((3, 3)), 1.0, 0).tolist() == [0, 1, 2]


def test_within_means_the_same_resolution_as_the_whole() -> None:
    graph = cliques(6, 5)
    labels = within(graph, np.arange(15), 1.0, seed=0)
    assert labels.max() == 2
