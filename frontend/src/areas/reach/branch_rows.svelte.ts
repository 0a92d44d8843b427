import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Line, Page } from './documents';

/** A row of the tree: a person, or what loads more of someone's. */
export interface Row {
  key: string;
  line: Line | null;
  /** Whom these belong to: the inviter's id, or null at the top. */
  within: string | null;
  level: number;
  place: number;
  size: number;
  isOpen: boolean;
}

interface Loaded {
  lines: readonly Line[];
  total: number;
  cursor: string | null;
  hasMore: boolean;
}

export type Load = (within: string | null, after: string | null) => Promise<Page | null>;

/** Who brought whom as rows, opened and loaded as far as somebody has looked. */
export class BranchRows {
  readonly #loaded = new SvelteMap<string | null, Loaded>();
  readonly #open = new SvelteSet<string>();
  readonly #loading = new Set<string | null>();
  error: unknown = $state.raw(null);
  readonly rows: readonly Row[] = $derived.by(() => [...this.#rowsOf(null, 1)]);

  constructor(private readonly load: Load) {}

  get isLoaded(): boolean {
    return this.#loaded.has(null);
  }

  /** Begins anew: what was open stays open. */
  async reload(): Promise<void> {
    const open = [...this.#open];
    this.#loaded.clear();
    await this.more(null);
    await Promise.all(open.map((id) => this.more(id)));
  }

  /** The next page of whom someone brought; of who came without an invitation for null. */
  async more(within: string | null): Promise<void> {
    const before = this.#loaded.get(within);
    if (this.#loading.has(within) || before?.hasMore === false) return;
    this.#loading.add(within);
    try {
      const page = await this.load(within, before?.cursor ?? null);
      this.error = null;
      if (page) this.#take(within, page);
    } catch (problem) {
      this.error = problem;
    } finally {
      this.#loading.delete(within);
    }
  }

  open(id: string): void {
    this.#open.add(id);
    if (!this.#loaded.has(id)) void this.more(id);
  }

  close(id: string): void {
    this.#open.delete(id);
  }

  toggle(row: Row): void {
    const id = row.line?.person.id;
    if (id && row.isOpen) this.close(id);
    else if (id && row.line && row.line.brought > 0) this.open(id);
  }

  /** The row of whoever brought the person of a row; -1 at the top. */
  outer(index: number): number {
    const within = this.rows[index]?.within ?? null;
    return within === null ? -1 : this.rows.findIndex((row) => row.line?.person.id === within);
  }

  #take(within: string | null, page: Page): void {
    const known = new Set(this.#loaded.get(within)?.lines.map((line) => line.person.id));
    const lines = page.edges.map((edge) => edge.node).filter((line) => !known.has(line.person.id));
    const before = this.#loaded.get(within)?.lines ?? [];
    this.#loaded.set(within, { lines: [...before, ...lines], total: page.totalCount, cursor: page.pageInfo.endCursor, hasMore: page.pageInfo.hasNextPage });
  }

  *#rowsOf(within: string | null, level: number): Generator<Row> {
    const loaded = this.#loaded.get(within);
    if (!loaded) return;
    const size = Math.max(loaded.total, loaded.lines.length);
    for (const [index, line] of loaded.lines.entries()) {
      const id = line.person.id ?? '';
      const isOpen = this.#open.has(id);
      yield { key: id, line, within, level, place: index + 1, size, isOpen };
      if (isOpen) yield* this.#rowsOf(id, level + 1);
    }
    if (loaded.hasMore) yield { key: `more ${within ?? ''}`, line: null, within, level, place: loaded.lines.length + 1, size, isOpen: false };
  }
}
