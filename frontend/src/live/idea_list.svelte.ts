import { query } from '../graphql/client';
import { graphql, type IdeaOrder, type Relation, type ResultOf } from '../graphql/graphql';
import { IdeaCard, type Idea } from './fragments';
import { belongs, compareIn, isKnownHere } from './order';

const BoardQuery = graphql(
  `
    query Board(
      $jamId: ID!, $order: IdeaOrder!, $topicId: ID, $themeId: ID, $language: String, $relation: Relation,
      $first: Int!, $after: String
    ) {
      jam(id: $jamId) {
        id
        seq
        serverTime
        ideas(
          order: $order, topicId: $topicId, themeId: $themeId, language: $language, relation: $relation,
          first: $first, after: $after
        ) {
          edges { cursor node { ...IdeaCard } }
          pageInfo { hasNextPage endCursor }
          totalCount
        }
      }
    }
  `,
  [IdeaCard],
);

type Page = NonNullable<ResultOf<typeof BoardQuery>['jam']>['ideas'];

export interface ListFilter {
  order: IdeaOrder;
  topicId?: string | null;
  themeId?: string | null;
  language?: string | null;
  relation?: Relation | null;
}

/** Where a list finds its ideas: the live jam. */
export interface IdeaSource {
  id: string;
  ideas: ReadonlyMap<string, Idea>;
  learn(ideas: readonly Idea[]): void;
}

const PAGE = 20;

/** One ordered list of ideas. What is new or has moved waits in `fresh` and `moved` until it is shown. */
export class IdeaList {
  ids: string[] = $state.raw([]);
  fresh: ReadonlySet<string> = $state.raw(new Set<string>());
  moved: ReadonlySet<string> = $state.raw(new Set<string>());
  total = $state(0);
  hasMore = $state(false);
  isLoading = $state(false);
  /** True until the server was asked for the first time. */
  isUnasked = $state(true);
  error: unknown = $state.raw(null);
  /** True while nothing under the viewer's finger could jump: then news is shown at once. */
  isAtRest: () => boolean = () => false;
  #cursor: string | null = null;
  #loadedAt = 0;
  #request = 0;
  #isLoaded = false;
  /** Heard since the server was asked: its answer may be older than these. */
  #heard = new Map<string, Idea>();
  #own = new Set<string>();

  constructor(
    private readonly source: IdeaSource,
    readonly filter: ListFilter,
  ) {}

  /** Ideas to show, in order; those hidden or removed since are left out. */
  readonly ideas: Idea[] = $derived.by(() =>
    this.ids.flatMap((id) => {
      const idea = this.source.ideas.get(id);
      return idea && this.#listed(idea) ? [idea] : [];
    }),
  );

  get waiting(): number {
    return this.fresh.size + this.moved.size;
  }

  /** Load from the start; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    await this.#fetch(null, (page) => {
      this.ids = page.edges.map((edge) => edge.node.id);
      this.#calm();
      this.#loadedAt = this.#newest(page);
      this.#isLoaded = true;
    });
  }

  /** Show what this device knows, in the order in which it was last seen; where that is not known, in our best knowledge of it. */
  recall(ids: readonly string[] | null): void {
    const known = [...this.source.ideas.values()].filter((idea) => this.#listed(idea));
    this.ids = ids ? [...ids] : known.sort((a, b) => compareIn(this.filter.order, a, b)).map((idea) => idea.id);
    this.total = this.ids.length;
  }

  /** Load again what could not be loaded: the network is back. */
  async recover(): Promise<void> {
    if (this.error && !this.isLoading) await this.load();
  }

  /** The next page. */
  async loadMore(): Promise<void> {
    if (!this.hasMore || this.isLoading) return;
    await this.#fetch(this.#cursor, (page) => {
      const known = new Set(this.ids);
      this.ids = [...this.ids, ...page.edges.map((edge) => edge.node.id).filter((id) => !known.has(id))];
    });
  }

  /** Show what waits: the server's own order, or our best knowledge of it where it can't be reached. */
  async reveal(): Promise<void> {
    await this.load();
    if (this.error) this.#settle();
  }

  /** Hear of changed ideas. A list that was never loaded has nothing to keep fresh. */
  hear(changed: readonly Idea[]): void {
    if (this.isLoading) for (const idea of changed) this.#heard.set(idea.id, idea);
    else if (this.#isLoaded) this.#hearNow(changed);
  }

  /** Hear of an idea that the viewer has just posted: it stands where it belongs at once, without a pill. */
  welcome(idea: Idea): void {
    this.#own.add(idea.id);
    this.hear([idea]);
  }

  #hearNow(changed: readonly Idea[]): void {
    for (const idea of changed) {
      if (this.#own.delete(idea.id)) this.#place(idea);
      else this.#consider(idea);
    }
    if (this.waiting > 0 && this.isAtRest()) this.#settle();
  }

  /** Put one idea in its place and move nothing else. */
  #place(idea: Idea): void {
    if (!this.#listed(idea) || this.ids.includes(idea.id) || !this.#isWithinReach(idea)) return;
    this.#forget(idea.id);
    this.total += 1;
    const follower = this.ids.findIndex((id) => this.#standsBefore(idea, this.source.ideas.get(id)));
    this.ids = this.ids.toSpliced(follower < 0 ? this.ids.length : follower, 0, idea.id);
  }

  /** Where only the server knows the order, what is new stands first. */
  #standsBefore(idea: Idea, other: Idea | undefined): boolean {
    if (!other) return false;
    const difference = compareIn(this.filter.order, idea, other);
    return isKnownHere(this.filter.order) ? difference < 0 : difference <= 0;
  }

  #consider(idea: Idea): void {
    if (!this.#listed(idea)) this.#forget(idea.id);
    else if (this.ids.includes(idea.id)) this.#considerKnown(idea);
    else if (this.#isWithinReach(idea)) this.#wait(idea.id, idea.postedAt > this.#loadedAt);
  }

  #considerKnown(idea: Idea): void {
    if (isKnownHere(this.filter.order) && !this.#isInPlace(idea)) this.#wait(idea.id, false);
  }

  #wait(id: string, isNew: boolean): void {
    if (isNew) this.fresh = new Set([...this.fresh, id]);
    else this.moved = new Set([...this.moved, id]);
  }

  #forget(id: string): void {
    if (this.fresh.has(id)) this.fresh = without(this.fresh, id);
    if (this.moved.has(id)) this.moved = without(this.moved, id);
  }

  #listed(idea: Idea): boolean {
    const { topicId, themeId, language, relation, order } = this.filter;
    return (
      idea.status === 'VISIBLE' &&
      belongs(order, idea) &&
      (!topicId || idea.topic.id === topicId) &&
      (!themeId || idea.theme?.id === themeId) &&
      (!language || idea.language === language) &&
      (!relation || idea.author.relation === relation)
    );
  }

  /** Whether an idea not shown yet would stand before the end of what is loaded. */
  #isWithinReach(idea: Idea): boolean {
    const last = this.source.ideas.get(this.ids.at(-1) ?? '');
    if (!this.hasMore || !last) return true;
    return isKnownHere(this.filter.order) ? compareIn(this.filter.order, idea, last) < 0 : idea.postedAt > this.#loadedAt;
  }

  #isInPlace(idea: Idea): boolean {
    const at = this.ids.indexOf(idea.id);
    const before = this.source.ideas.get(this.ids[at - 1] ?? '');
    const after = this.source.ideas.get(this.ids[at + 1] ?? '');
    const { order } = this.filter;
    return (!before || compareIn(order, before, idea) <= 0) && (!after || compareIn(order, idea, after) <= 0);
  }

  /** Put everything that waits where it belongs, as far as the page can tell. */
  #settle(): void {
    const all = [...new Set([...this.fresh, ...this.ids, ...this.moved])].flatMap((id) => this.source.ideas.get(id) ?? []);
    const { order } = this.filter;
    this.ids = all.sort((a, b) => compareIn(order, a, b)).map((idea) => idea.id);
    this.total += this.fresh.size;
    this.#loadedAt = Math.max(this.#loadedAt, ...all.map((idea) => idea.postedAt));
    this.#calm();
  }

  #calm(): void {
    this.fresh = new Set();
    this.moved = new Set();
  }

  #newest(page: Page): number {
    const known = [...this.source.ideas.values()].filter((idea) => !this.#heard.has(idea.id));
    const now = Math.max(0, ...known.map((idea) => idea.postedAt));
    return Math.max(now, ...page.edges.map((edge) => edge.node.postedAt));
  }

  async #fetch(after: string | null, take: (page: Page) => void): Promise<void> {
    const request = (this.#request += 1);
    this.isUnasked = false;
    if (!this.isLoading) this.#heard.clear();
    this.isLoading = true;
    try {
      const { jam } = await query(BoardQuery, { jamId: this.source.id, ...this.filter, first: PAGE, after });
      if (request !== this.#request) return;
      if (jam) this.#take(jam.ideas, take);
      this.error = null;
    } catch (error) {
      if (request === this.#request) this.error = error;
    } finally {
      if (request === this.#request) this.#settleRequest();
    }
  }

  #settleRequest(): void {
    this.isLoading = false;
    const heard = [...this.#heard.values()].map((idea) => this.source.ideas.get(idea.id) ?? idea);
    this.#heard.clear();
    if (this.#isLoaded && heard.length > 0) this.#hearNow(heard);
  }

  #take(page: Page, take: (page: Page) => void): void {
    this.source.learn(page.edges.map((edge) => edge.node));
    this.total = page.totalCount;
    this.hasMore = page.pageInfo.hasNextPage;
    this.#cursor = page.pageInfo.endCursor;
    take(page);
  }
}

function without(set: ReadonlySet<string>, id: string): Set<string> {
  const rest = new Set(set);
  rest.delete(id);
  return rest;
}
