import { query } from '../../../graphql/client';
import type { IdeaOrder } from '../../../graphql/graphql';
import type { Idea } from '../../../live/fragments';
import type { LiveJam } from '../../../live/live_jam.svelte';
import { DrillNumbers, DrillTheme, type DrilledTheme, type Numbers } from '../documents';

/** A theme or sub-theme looked into: itself, its numbers where the viewer may read them, and its ideas page by page. */
export class ThemeStep {
  theme: DrilledTheme | null | undefined = $state.raw(undefined);
  numbers: Numbers | null = $state.raw(null);
  restricted: number | null = $state(null);
  error: unknown = $state.raw(null);
  isLoading = $state(false);
  total = $state(0);
  hasMore = $state(false);
  #ids: readonly string[] = $state.raw([]);
  #after: string | null = null;
  #order: IdeaOrder = 'TOP';
  #request = 0;

  constructor(
    private readonly jam: LiveJam,
    private readonly id: string,
  ) {}

  get ideas(): Idea[] {
    return this.#ids.flatMap((id) => this.jam.ideas.get(id) ?? []);
  }

  /** Begin the list of ideas anew, in an order. */
  async load(order: IdeaOrder): Promise<void> {
    this.#order = order;
    this.#after = null;
    this.#ids = [];
    await Promise.all([this.more(), this.#count()]);
  }

  async more(): Promise<void> {
    const request = (this.#request += 1);
    this.isLoading = true;
    this.error = null;
    try {
      const { theme } = await query(DrillTheme, { id: this.id, order: this.#order, after: this.#after });
      if (request === this.#request) this.#take(theme);
    } catch (problem) {
      this.error = problem;
    } finally {
      this.isLoading = false;
    }
  }

  async #count(): Promise<void> {
    if (!this.jam.head.viewerCanReadBriefing) return;
    const { theme } = await query(DrillNumbers, { id: this.id }).catch(() => ({ theme: null }));
    this.numbers = theme?.briefing ?? null;
    this.restricted = theme?.restrictedIdeaCount ?? null;
  }

  #take(theme: DrilledTheme | null): void {
    this.theme = theme;
    if (!theme) return;
    const ideas = theme.ideas.edges.map((edge) => edge.node);
    this.jam.learn(ideas);
    this.#ids = [...new Set([...this.#ids, ...ideas.map((idea) => idea.id)])];
    this.#after = theme.ideas.pageInfo.endCursor;
    this.hasMore = theme.ideas.pageInfo.hasNextPage;
    this.total = theme.ideas.totalCount;
  }
}
