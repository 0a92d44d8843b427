/** What the drawing of a build-on tree needs of an idea. */
export interface Grown {
  id: string;
  postedAt: number;
  parents: readonly { id: string }[];
}

/** One line of the drawing: an idea, how deep it hangs, the line of the idea it hangs on, and further parents. */
export interface Row<T> {
  idea: T;
  depth: number;
  /** Index of the row of the parent it is drawn under; null for a root. */
  stem: number | null;
  /** Parents besides that one, by id: said in words, not drawn. */
  alsoOn: string[];
}

/**
 * Lay out a build-on tree as indented rows, each idea right under its oldest parent that is shown, siblings oldest first.
 * An idea with several parents stands once. Cycles can't loop: every idea is placed at most once.
 */
export function layTree<T extends Grown>(ideas: readonly T[]): Row<T>[] {
  const byAge = [...ideas].sort((a, b) => a.postedAt - b.postedAt || (a.id < b.id ? -1 : 1));
  const known = new Map(byAge.map((idea) => [idea.id, idea]));
  const stemOf = new Map(byAge.map((idea) => [idea.id, oldestParent(idea, known)]));
  const rows: Row<T>[] = [];
  const placed = new Set<string>();
  const place = (idea: T, depth: number, stem: number | null): void => {
    if (placed.has(idea.id)) return;
    placed.add(idea.id);
    const main = stemOf.get(idea.id);
    rows.push({ idea, depth, stem, alsoOn: idea.parents.map((parent) => parent.id).filter((id) => id !== main && known.has(id)) });
    const row = rows.length - 1;
    for (const child of byAge) if (stemOf.get(child.id) === idea.id) place(child, depth + 1, row);
  };
  for (const idea of byAge) if (!stemOf.get(idea.id)) place(idea, 0, null);
  for (const idea of byAge) place(idea, 0, null);
  return rows;
}

function oldestParent<T extends Grown>(idea: T, known: ReadonlyMap<string, T>): string | null {
  const parents = idea.parents.flatMap((parent) => known.get(parent.id) ?? []);
  return parents.sort((a, b) => a.postedAt - b.postedAt)[0]?.id ?? null;
}

/** The rows worth showing first: the path from the root to `id`, what grew from it, then others, in their order. */
export function nearest<T extends Grown>(rows: readonly Row<T>[], id: string, most: number): Row<T>[] {
  if (rows.length <= most) return [...rows];
  const at = rows.findIndex((row) => row.idea.id === id);
  const wanted = new Set(pathTo(rows, at));
  for (const index of rows.keys()) if (wanted.size < most && isUnder(rows, index, at)) wanted.add(index);
  for (const index of rows.keys()) if (wanted.size < most) wanted.add(index);
  return renumber(rows, [...wanted].sort((a, b) => a - b));
}

function pathTo<T>(rows: readonly Row<T>[], at: number): number[] {
  const path: number[] = [];
  for (let index: number | null = at; index !== null && index >= 0; index = rows[index]?.stem ?? null) path.push(index);
  return path;
}

function isUnder<T>(rows: readonly Row<T>[], index: number, at: number): boolean {
  return pathTo(rows, index).includes(at);
}

/** Rows left out leave no hole: a row whose stem is left out hangs on the nearest one that is not. */
function renumber<T>(rows: readonly Row<T>[], kept: readonly number[]): Row<T>[] {
  const places = new Map(kept.map((index, place) => [index, place]));
  return kept.flatMap((index) => {
    const row = rows[index];
    if (!row) return [];
    const stem = pathTo(rows, index).slice(1).find((ancestor) => places.has(ancestor));
    return [{ ...row, stem: stem === undefined ? null : (places.get(stem) ?? null) }];
  });
}
