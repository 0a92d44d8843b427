/** An idea on the map. x and y run from 0 to 1, y downwards; `title` is null until it was asked for. */
export interface MapPoint {
  id: string;
  x: number;
  y: number;
  themeId: string | null;
  subthemeId: string | null;
  title: string | null;
  language: string | null;
  support: number;
  /** Milliseconds since 1970. */
  postedAt: number;
}

/** Oldest first, equals by id: what was there at a time is then the beginning of the list. */
export function byTime(points: readonly MapPoint[]): MapPoint[] {
  return [...points].sort(inTime);
}

function inTime(a: MapPoint, b: MapPoint): number {
  return a.postedAt - b.postedAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** How many of the points, oldest first, had been posted by `at`: a bisection. */
export function countUntil(points: readonly MapPoint[], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as MapPoint).postedAt <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points with `changes` taken in: a point replaces the one of its id, null removes it. Oldest first again. */
export function patched(points: readonly MapPoint[], changes: ReadonlyMap<string, MapPoint | null>): MapPoint[] {
  const waiting = new Map(changes);
  const kept = points.flatMap((point) => {
    const change = waiting.get(point.id);
    waiting.delete(point.id);
    return change === undefined ? [point] : change ? [withTitle(change, point)] : [];
  });
  const added = [...waiting.values()].filter((point) => point !== null);
  return byTime([...kept, ...added]);
}

function withTitle(change: MapPoint, known: MapPoint): MapPoint {
  return { ...change, title: change.title ?? known.title, language: change.language ?? known.language };
}

/** How many points were posted in each of `buckets` equal parts of [from, to]; those outside count at its ends. */
export function histogram(points: readonly MapPoint[], from: number, to: number, buckets: number): number[] {
  const counts = Array.from({ length: buckets }, () => 0);
  const width = Math.max(1, to - from) / buckets;
  for (const { postedAt } of points) {
    const place = Math.min(buckets - 1, Math.max(0, Math.floor((postedAt - from) / width)));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

/** How many of the first `count` points each theme has; null stands for those of no theme. */
export function countByTheme(points: readonly MapPoint[], count: number): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (let index = 0; index < count; index += 1) {
    const theme = points[index]?.themeId ?? null;
    counts.set(theme, (counts.get(theme) ?? 0) + 1);
  }
  return counts;
}
