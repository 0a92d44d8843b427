import { query } from '../../graphql/client';
import { MyOperations, MyOperationsHistory, type Alarm, type Figure, type Operations, type Worker } from './documents';

const LOOK_MS = 2_000;
const HISTORY_MS = 10_000;

export interface Concern {
  worker: Worker;
  figure: Figure;
}

const RANK: Record<Alarm, number> = { ACT: 0, WATCH: 1, FINE: 2 };

/** What somebody has to think about, the worst first. */
export function concernsOf(workers: readonly Worker[]): Concern[] {
  const all = workers.flatMap((worker) => worker.figures.map((figure) => ({ worker, figure })));
  return all.filter(({ figure }) => figure.alarm !== 'FINE').sort((a, b) => RANK[a.figure.alarm] - RANK[b.figure.alarm]);
}

/** Looks at the servers as long as somebody looks at the page; an answer that fails leaves the last one standing. */
export class OperationsDesk {
  now: Operations | null = $state.raw(null);
  error: unknown = $state.raw(null);
  #points: ReadonlyMap<string, readonly number[]> = $state.raw(new Map());
  #isAsking = false;
  #historyAt = -Infinity;

  get workers(): readonly Worker[] {
    return this.now?.workers ?? [];
  }

  /** Half an hour of a figure; what could not be had is left out. */
  points(worker: string, name: Figure['name']): readonly number[] {
    return this.#points.get(`${worker} ${name}`) ?? [];
  }

  /** Until the returned function is called; not while the page is hidden. */
  start(): () => void {
    void this.look();
    const timer = setInterval(() => {
      if (!document.hidden) void this.look();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }

  /** One look; while one is under way there is no second. */
  async look(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.now = (await query(MyOperations, {})).operations;
      if (Date.now() - this.#historyAt >= HISTORY_MS) await this.#lookBack();
      this.error = null;
    } catch (problem) {
      this.error = problem;
    } finally {
      this.#isAsking = false;
    }
  }

  async #lookBack(): Promise<void> {
    const { workers } = (await query(MyOperationsHistory, {})).operations;
    const lines = workers.flatMap(({ id, figures }) =>
      figures.map(({ name, points }) => [`${id} ${name}`, points.flatMap(({ value }) => (value === null ? [] : [value]))] as const),
    );
    this.#points = new Map(lines);
    this.#historyAt = Date.now();
  }
}
