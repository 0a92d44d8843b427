import { Delaunay } from 'd3-delaunay';
import { curveBasisClosed, line } from 'd3-shape';
import type { Box } from './view';

/** The ground of a theme: the outline of each of its islands, and the box around all of them. */
export interface Ground {
  path: string;
  box: Box;
}

type Pair = [number, number];

/** An island needs this share of its theme's points, or three of them in a small theme. */
const LEAST_SHARE = 0.06;
const LEAST_POINTS = 3;
/** Neighbours farther apart than this many times what is usual in the theme belong to different islands. */
const FAR = 6;
const LEAST_FAR = 40;
const ROUND = 16;
/** Corners of an outline: few enough for the curve through them to be round. */
const CORNERS = 20;

/**
 * The ground under the points of a theme, in pixels. A theme that people merged from two, or moved ideas into, lies in
 * several places: it gets an island in each, and strays get none.
 */
export function groundOf(points: readonly Pair[], around: number): Ground | null {
  const islands = islandsOf(points).map((island) => outline(island, around));
  if (islands.length === 0) return null;
  const draw = line().curve(curveBasisClosed);
  return { path: islands.map((island) => draw(island) ?? '').join(''), box: boxOf(islands.flat()) };
}

/** Points that hang together, largest island first. */
export function islandsOf(points: readonly Pair[]): Pair[][] {
  if (points.length <= LEAST_POINTS) return points.length > 0 ? [[...points]] : [];
  const groups = grouped(points, shortEdges(points));
  const least = Math.max(LEAST_POINTS, LEAST_SHARE * points.length);
  const large = groups.filter((group) => group.length >= least);
  return (large.length > 0 ? large : groups.slice(0, 1)).map((group) => group.map((index) => points[index] as Pair));
}

function shortEdges(points: readonly Pair[]): Pair[] {
  const edges = edgesOf(points);
  const lengths = edges.map(([a, b]) => distance(points[a] as Pair, points[b] as Pair));
  const usual = lengths.toSorted((a, b) => a - b)[lengths.length >> 1] ?? 0;
  const most = Math.max(LEAST_FAR, FAR * usual);
  return edges.filter((_, index) => (lengths[index] ?? 0) <= most);
}

function edgesOf(points: readonly Pair[]): Pair[] {
  const { triangles } = Delaunay.from(points);
  // Points in one line have no triangles: they are neighbours in their order along it.
  if (triangles.length === 0) return chain(points);
  const edges: Pair[] = [];
  for (let corner = 0; corner < triangles.length; corner += 1) {
    edges.push([triangles[corner] as number, triangles[corner % 3 === 2 ? corner - 2 : corner + 1] as number]);
  }
  return edges;
}

function chain(points: readonly Pair[]): Pair[] {
  const order = points.map((_, index) => index).sort((a, b) => comparePairs(points[a] as Pair, points[b] as Pair));
  return order.slice(1).map((index, before) => [order[before] as number, index]);
}

function comparePairs(a: Pair, b: Pair): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Union-find over the edges: lists of indices, largest first. */
function grouped(points: readonly Pair[], edges: readonly Pair[]): number[][] {
  const parents = points.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] = parents[parents[root] as number] as number;
    return root;
  };
  for (const [a, b] of edges) parents[rootOf(a)] = rootOf(b);
  const groups = new Map<number, number[]>();
  for (const index of parents.keys()) {
    const root = rootOf(index);
    const group = groups.get(root);
    if (group) group.push(index);
    else groups.set(root, [index]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** The convex outline at a distance of `around` from the points: the hull of a disc laid on each. */
function outline(points: readonly Pair[], around: number): Pair[] {
  const corners = points.length > 3 ? hullOf(points) : points;
  const discs = corners.flatMap(([x, y]) =>
    Array.from({ length: ROUND }, (_, step): Pair => {
      const angle = (2 * Math.PI * step) / ROUND;
      return [x + around * Math.cos(angle), y + around * Math.sin(angle)];
    }),
  );
  return evened(hullOf(discs));
}

/** Corners at equal distances along an outline. */
function evened(outline: readonly Pair[]): Pair[] {
  const lengths = outline.map((corner, index) => distance(corner, outline[(index + 1) % outline.length] as Pair));
  const step = lengths.reduce((sum, length) => sum + length, 0) / CORNERS;
  const corners: Pair[] = [];
  let ahead = 0;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [outline[index] as Pair, outline[(index + 1) % outline.length] as Pair];
    for (; ahead < length && corners.length < CORNERS; ahead += step) corners.push(mix(from, to, ahead / length));
    ahead -= length;
  }
  return corners;
}

function mix(from: Pair, to: Pair, share: number): Pair {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

function hullOf(points: readonly Pair[]): Pair[] {
  return [...Delaunay.from(points).hull].map((index) => points[index] as Pair);
}

function boxOf(points: readonly Pair[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function distance(a: Pair, b: Pair): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
