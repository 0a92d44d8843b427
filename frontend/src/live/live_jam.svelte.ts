import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { query } from '../graphql/client';
import { isUnreachable } from '../graphql/failures';
import { graphql, type Phase, type ResultOf } from '../graphql/graphql';
import { subscribe, type Live } from '../graphql/subscribe.svelte';
import { locale } from '../i18n/locale.svelte';
import { clock } from '../session/clock.svelte';
import { AnnouncementLine, CommentCard, IdeaCard, JamHead, ThemeCard } from './fragments';
import type { Announcement, Comment, Idea, Jam, Theme } from './fragments';
import { IdeaList, type ListFilter } from './idea_list.svelte';
import { keeping, recall, type KeptJam } from './kept_jam';
import { lasting } from './lasting.svelte';
import { fresher, merge, type Changes } from './merge';
import type { Entry } from '../outbox/entry';
import { outbox } from '../outbox/outbox.svelte';
import { phaseAt } from './phases';
import { ScreenLatency } from './screen_latency';

const JamQuery = graphql(
  `
    query JamHead($slug: String!, $language: String!) {
      serverTime
      jam(slug: $slug) { ...JamHead themes { ...ThemeCard } announcements { ...AnnouncementLine } }
    }
  `,
  [JamHead, ThemeCard, AnnouncementLine],
);

const JamChanges = graphql(
  `
    subscription JamChanges($jamId: ID!, $afterSeq: Int!, $language: String!) {
      jamChanges(jamId: $jamId, afterSeq: $afterSeq) {
        fromSeq
        seq
        mustRefetch
        serverTime
        changedAt
        jam { ...JamHead }
        ideas { ...IdeaCard }
        comments { ...CommentCard }
        themes { ...ThemeCard }
        announcements { ...AnnouncementLine }
        removedIds
      }
    }
  `,
  [JamHead, IdeaCard, CommentCard, ThemeCard, AnnouncementLine],
);

const ViewerInJam = graphql(`
  query ViewerInJam($jamId: ID!) {
    viewer { id supportedIdeaIds(jamId: $jamId) unreadCount(jamId: $jamId) }
  }
`);

const ViewerChanges = graphql(
  `
    subscription ViewerChanges($jamId: ID!, $afterSeq: Int!) {
      viewerChanges(jamId: $jamId, afterSeq: $afterSeq) {
        seq
        supportedIdeaIds
        unsupportedIdeaIds
        unreadCount
        notifications { id }
        membership { role relation }
        circles { id }
        ideas { ...IdeaCard }
        comments { ...CommentCard }
        removedIds
      }
    }
  `,
  [IdeaCard, CommentCard],
);

/** Lists kept while the viewer is elsewhere. */
const MOST_LISTS = 8;
const AGAIN_MS = 1_000;
const LONGEST_MS = 30_000;

type JamChangesData = ResultOf<typeof JamChanges>['jamChanges'];
type ViewerChangesData = ResultOf<typeof ViewerChanges>['viewerChanges'];

/** What a tick brought, for those who draw lists of their own (a stream, a map). */
export interface News {
  ideas: readonly Idea[];
  comments: readonly Comment[];
  newIdeaIds: readonly string[];
  newCommentIds: readonly string[];
  removedIds: readonly string[];
}

/** One jam as this page knows it: every entity once, kept fresh by the server. Reading any part makes a component follow it. */
export class LiveJam {
  head: Jam = $state.raw() as Jam;
  themes: readonly Theme[] = $state.raw([]);
  announcements: readonly Announcement[] = $state.raw([]);
  readonly ideas = new SvelteMap<string, Idea>();
  readonly comments = new SvelteMap<string, Comment>();
  /** Ideas the viewer supports and comments they like, as the server knows it: see commands.ts for what is under way. */
  readonly supported = new SvelteSet<string>();
  readonly liked = new SvelteSet<string>();
  unreadCount = $state(0);
  /** Goes up when a gap made everything stale: pages with queries of their own load again. */
  generation = $state(0);
  /** Goes up when a circle of the viewer changed, or they came into one or left one. */
  circlesChanged = $state(0);
  /** Where the server could not be reached: when what is shown here was seen, by the server's clock. */
  asOf: number | null = $state(null);
  seq = 0;
  #keptLists: KeptJam['lists'] = {};
  #viewerSeq = 0;
  #personalTurn = 0;
  #lists = new Map<string, IdeaList>();
  #commentIds = new SvelteMap<string, readonly string[]>();
  #listeners = new Set<(news: News) => void>();
  #stops: (() => void)[] = [];
  #screen = new ScreenLatency(() => this.id);

  private constructor(data: NonNullable<ResultOf<typeof JamQuery>['jam']>) {
    this.#takeAll(data);
  }

  /** Load a jam by its slug; null when there is none for this viewer. Where the server can't be reached, it is as they last saw it. */
  static async open(slug: string, personId: string | null = null): Promise<LiveJam | null> {
    try {
      const { jam } = await query(JamQuery, { slug, language: locale.code });
      return jam ? new LiveJam(jam) : null;
    } catch (error) {
      const kept = personId && isUnreachable(error) ? await recall(personId, slug) : null;
      if (!kept) throw error;
      return LiveJam.#recalled(kept);
    }
  }

  static #recalled(kept: KeptJam): LiveJam {
    const jam = new LiveJam({ ...kept.head, themes: [...kept.themes], announcements: [...kept.announcements] });
    jam.asOf = kept.at;
    jam.#keptLists = kept.lists;
    jam.learn(kept.ideas);
    for (const id of kept.supported) jam.supported.add(id);
    return jam;
  }

  get id(): string {
    return this.head.id;
  }

  get slug(): string {
    return this.head.slug;
  }

  /** The phase now, by the server's clock. */
  get phase(): Phase {
    return phaseAt(this.head, clock.ticking);
  }

  get canPost(): boolean {
    return this.head.viewerCanPost;
  }

  theme(id: string | null | undefined): Theme | undefined {
    return this.themes.find((theme) => theme.id === id);
  }

  topic(id: string | null | undefined): Jam['topics'][number] | undefined {
    return this.head.topics.find((topic) => topic.id === id);
  }

  /** Follow the jam until `stop`. With a viewer signed in, what concerns them alone as well. */
  start(personId: string | null): void {
    const language = locale.code;
    this.#keep(subscribe(JamChanges, () => ({ jamId: this.id, afterSeq: this.seq, language }), (data) => this.#hear(data.jamChanges)));
    this.#stops.push(outbox.onDone((entry, value) => this.#takeResult(entry, value)));
    if (personId === null) return;
    this.#startPersonal();
    this.#stops.push(this.#screen.start(), keeping(personId, this.slug, () => this.#shown()));
  }

  /** The server is back: what was shown from the device is fetched anew. False where the jam is not for this viewer any more. */
  async freshen(): Promise<boolean> {
    if (this.asOf === null) return true;
    const { jam } = await query(JamQuery, { slug: this.slug, language: locale.code });
    if (!jam) return false;
    this.#takeAll(jam);
    this.asOf = null;
    this.#keptLists = {};
    this.#startOver();
    return true;
  }

  /** What is on the screens of this jam; nothing while that is what the device had kept. */
  #shown(): Omit<KeptJam, 'at'> | null {
    if (this.asOf !== null) return null;
    const lists = Object.fromEntries([...this.#lists].flatMap(([key, list]) => (list.ids.length > 0 ? [[key, list.ids]] : [])));
    // What is of a circle stands on no board.
    const ideas = [...this.ideas.values()].filter((idea) => idea.audience.circleId === null);
    return { head: this.head, themes: this.themes, announcements: this.announcements, ideas, lists, supported: [...this.supported] };
  }

  stop(): void {
    this.#personalTurn += 1;
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Be told of each tick. Returns how to stop. */
  onNews(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The ordered list for a filter: it follows the jam, and is still there when the viewer comes back to it. */
  list(filter: ListFilter): IdeaList {
    const key = JSON.stringify([filter.order, filter.topicId, filter.themeId, filter.language, filter.relation]);
    const list = this.#lists.get(key) ?? this.#newList(key, filter);
    this.#lists.delete(key);
    this.#lists.set(key, list);
    if (this.#lists.size > MOST_LISTS) this.#lists.delete([...this.#lists.keys()][0] ?? '');
    return list;
  }

  #newList(key: string, filter: ListFilter): IdeaList {
    return lasting(() => {
      const list = new IdeaList(this, filter);
      if (this.asOf !== null) list.recall(this.#keptLists[key] ?? null);
      return list;
    });
  }

  /** Comments of an idea that are known here, oldest first. */
  commentsOf(ideaId: string): Comment[] {
    const ids = this.#commentIds.get(ideaId) ?? [];
    return ids.flatMap((id) => this.comments.get(id) ?? []).sort((a, b) => a.postedAt - b.postedAt);
  }

  /** Take ideas that a query or a mutation brought. */
  learn(ideas: readonly Idea[]): void {
    for (const idea of ideas) this.ideas.set(idea.id, fresher(this.ideas.get(idea.id), idea));
  }

  /** Take comments that a query or a mutation brought. */
  learnComments(comments: readonly Comment[]): void {
    for (const comment of comments) this.#setComment(fresher(this.comments.get(comment.id), comment));
  }

  /** Fetch the jam itself anew: its schedule, topics, themes. */
  async refresh(): Promise<void> {
    const { jam } = await query(JamQuery, { slug: this.slug, language: locale.code });
    if (jam) this.#takeAll(jam);
  }

  #takeAll(jam: NonNullable<ResultOf<typeof JamQuery>['jam']>): void {
    this.head = jam;
    this.themes = jam.themes;
    this.announcements = jam.announcements;
    this.seq = Math.max(this.seq, jam.seq);
  }

  #keep(live: Live): void {
    this.#stops.push(() => live.stop());
  }

  #hear(data: JamChangesData): void {
    if (data.jam) this.head = data.jam;
    if (data.announcements.length > 0) this.announcements = newestFirst(data.announcements, this.announcements);
    this.#merge(data);
    this.#screen.heard(data);
  }

  #merge(changes: Changes<Idea, Comment, Theme>): void {
    const known = {
      seq: this.seq,
      idea: (id: string) => this.ideas.get(id),
      comment: (id: string) => this.comments.get(id),
      theme: (id: string) => this.theme(id),
    };
    const patch = merge(known, changes);
    this.seq = patch.seq;
    for (const idea of patch.ideas) this.ideas.set(idea.id, idea);
    for (const comment of patch.comments) this.#setComment(comment);
    if (patch.themes.length > 0) this.#setThemes(patch.themes);
    for (const id of patch.removedIds) this.#remove(id);
    this.#tell(patch);
    if (patch.mustRefetch) this.#startOver();
  }

  #setComment(comment: Comment): void {
    if (!this.comments.has(comment.id)) {
      this.#commentIds.set(comment.ideaId, [...(this.#commentIds.get(comment.ideaId) ?? []), comment.id]);
    }
    this.comments.set(comment.id, comment);
  }

  #setThemes(changed: readonly Theme[]): void {
    const byId = new Map([...this.themes, ...changed].map((theme) => [theme.id, theme]));
    this.themes = [...byId.values()];
  }

  #remove(id: string): void {
    this.ideas.delete(id);
    this.comments.delete(id);
    if (this.theme(id)) this.themes = this.themes.filter((theme) => theme.id !== id);
  }

  #tell(news: News): void {
    // What is of a circle stands on its page, and on no board.
    const open = news.ideas.filter((idea) => idea.audience.circleId === null);
    for (const list of this.#lists.values()) list.hear(open);
    for (const listener of this.#listeners) listener(news);
  }

  #startOver(): void {
    this.generation += 1;
    for (const list of this.#lists.values()) void list.load();
    void this.refresh().catch(() => undefined);
    void this.#loadPersonal();
  }

  #startPersonal(): void {
    void this.#loadPersonal();
    this.#viewerSeq = this.seq;
    const variables = () => ({ jamId: this.id, afterSeq: this.#viewerSeq });
    this.#keep(subscribe(ViewerChanges, variables, (data) => this.#hearPersonal(data.viewerChanges)));
  }

  /** Tried again while the server can't be reached: a line that breaks just then must not leave the viewer's votes unknown. */
  async #loadPersonal(): Promise<void> {
    const turn = (this.#personalTurn += 1);
    for (let wait = AGAIN_MS; turn === this.#personalTurn; wait = Math.min(2 * wait, LONGEST_MS)) {
      try {
        const { viewer } = await query(ViewerInJam, { jamId: this.id });
        if (turn === this.#personalTurn) this.#takePersonal(viewer);
        return;
      } catch (error) {
        if (!isUnreachable(error)) return;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  #takePersonal(viewer: ResultOf<typeof ViewerInJam>['viewer']): void {
    if (!viewer) return;
    this.supported.clear();
    for (const id of viewer.supportedIdeaIds) this.supported.add(id);
    this.unreadCount = viewer.unreadCount;
  }

  #hearPersonal(data: ViewerChangesData): void {
    this.#viewerSeq = Math.max(this.#viewerSeq, data.seq);
    for (const id of data.supportedIdeaIds) this.supported.add(id);
    for (const id of data.unsupportedIdeaIds) this.supported.delete(id);
    this.unreadCount = data.unreadCount;
    if (data.membership) void this.refresh();
    if (data.circles) this.#takeCircles(new Set(data.circles.map((circle) => circle.id)));
    // Circles travel here: their ticks have no gaps of their own, so they never ask for a refetch.
    this.#merge({ ...data, themes: [], fromSeq: 0, seq: this.seq, mustRefetch: false });
  }

  /** What is of a circle that the viewer is not in any more is gone from this page. */
  #takeCircles(mine: ReadonlySet<string>): void {
    for (const { id, audience } of [...this.ideas.values()]) {
      if (audience.circleId === null || mine.has(audience.circleId)) continue;
      for (const comment of this.commentsOf(id)) this.comments.delete(comment.id);
      this.ideas.delete(id);
    }
    this.circlesChanged += 1;
  }

  /** The acting person sees the effect in the mutation's own answer. */
  #takeResult(entry: Entry, value: { seq?: number; idea?: Idea; comment?: Comment } | null): void {
    this.#takeMark(entry, value?.idea?.id);
    this.#screen.done(entry, value?.seq);
    if (value?.idea) this.learn([value.idea]);
    if (value?.comment) this.learnComments([value.comment]);
    if (value?.idea && value.idea.audience.circleId === null && entry.kind === 'postIdea') for (const list of this.#lists.values()) list.welcome(value.idea);
    this.#tell({
      ideas: value?.idea ? [value.idea] : [],
      comments: value?.comment ? [value.comment] : [],
      newIdeaIds: [],
      newCommentIds: [],
      removedIds: [],
    });
  }

  /** A vote for an idea that was merged is one for the idea that stands for it now. */
  #takeMark({ kind, target }: Entry, ideaId = target): void {
    if (kind === 'support') this.supported.add(ideaId);
    else if (kind === 'withdrawSupport') for (const id of [target, ideaId]) this.supported.delete(id);
    else if (kind === 'like') this.liked.add(target);
    else if (kind === 'withdrawLike') this.liked.delete(target);
  }
}

function newestFirst(incoming: readonly Announcement[], known: readonly Announcement[]): Announcement[] {
  const byId = new Map([...known, ...incoming].map((announcement) => [announcement.id, announcement]));
  return [...byId.values()].sort((a, b) => b.madeAt - a.madeAt);
}
