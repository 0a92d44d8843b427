/** A report, as far as grouping needs it. */
export interface Filed {
  id: string;
  filedAt: number;
  sameTargetCount: number;
  outcome: string | null;
  idea: { id: string } | null;
  comment: { id: string } | null;
}

/** All open reports on one thing: they are settled together. */
export interface Case<R extends Filed> {
  /** The id of the thing, or of the report when the thing can't be seen any more. */
  id: string;
  /** What was reported; null when it can't be seen any more. */
  targetId: string | null;
  reports: R[];
  /** How many open reports there are on it, those not loaded included. */
  count: number;
  oldestAt: number;
}

/** Open reports grouped by what they are about, oldest first: whoever waits longest is answered first. */
export function casesOf<R extends Filed>(reports: Iterable<R>): Case<R>[] {
  const groups = new Map<string, R[]>();
  for (const report of open(reports)) {
    const id = targetOf(report) ?? report.id;
    groups.set(id, [...(groups.get(id) ?? []), report]);
  }
  const cases = [...groups].map(([id, filed]) => caseOf(id, filed));
  return cases.sort((a, b) => a.oldestAt - b.oldestAt || (a.id < b.id ? -1 : 1));
}

function open<R extends Filed>(reports: Iterable<R>): R[] {
  return [...reports].filter((report) => report.outcome === null);
}

function targetOf(report: Filed): string | null {
  return report.comment?.id ?? report.idea?.id ?? null;
}

function caseOf<R extends Filed>(id: string, filed: R[]): Case<R> {
  const reports = filed.toSorted((a, b) => a.filedAt - b.filedAt);
  const first = reports[0] as R;
  // The newest report counted last: earlier ones do not know of it.
  const count = Math.max(reports.length, (reports.at(-1) as R).sameTargetCount);
  return { id, targetId: targetOf(first), reports, count, oldestAt: first.filedAt };
}

/** The case to look at when `id` has left the queue: the one that took its place, else the last. */
export function nextAfter(id: string, before: readonly { id: string }[], after: readonly { id: string }[]): string | null {
  const left = new Set(after.map((item) => item.id));
  const at = before.findIndex((item) => item.id === id);
  const follower = before.slice(at + 1).find((item) => left.has(item.id));
  return follower?.id ?? after.at(-1)?.id ?? null;
}

/** The neighbour of `id` in a list, `step` places on, without leaving it; the first when none is chosen yet. */
export function neighbour(id: string | null, list: readonly string[], step: number): string | null {
  const at = id === null ? -1 : list.indexOf(id);
  if (at < 0) return list[0] ?? null;
  return list[Math.min(list.length - 1, Math.max(0, at + step))] ?? null;
}
