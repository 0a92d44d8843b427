import { query } from '../../graphql/client';
import { fresher } from '../../live/merge';
import type { Comment, Idea } from '../../live/fragments';
import type { LiveJam, News } from '../../live/live_jam.svelte';
import { IdeaDetail, MyIdea, type Detail, type TreeNode } from './documents';

const COMMENTS_AT_ONCE = 100;

/** What the page of one idea shows beyond the live card: its text as HTML, its tree, how far its comments are loaded. */
export class IdeaPage {
  detail: Detail | null | undefined = $state.raw(undefined);
  error: unknown = $state.raw(null);
  canEdit = $state(false);
  hasMoreComments = $state(false);
  #cursor: string | null = null;

  constructor(
    private readonly jam: LiveJam,
    readonly id: string,
  ) {}

  /** The card, kept fresh by the jam; before that, as it was fetched. */
  get idea(): Idea | null {
    return this.jam.ideas.get(this.id) ?? this.detail ?? null;
  }

  get comments(): Comment[] {
    return this.jam.commentsOf(this.id);
  }

  /** The tree with the newest totals. */
  get tree(): TreeNode[] {
    return (this.detail?.tree ?? []).map((node) => {
      const live = this.jam.ideas.get(node.id);
      return live ? { ...node, title: live.title, status: live.status, supportCount: live.supportCount } : node;
    });
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const { idea } = await query(IdeaDetail, { id: this.id, first: COMMENTS_AT_ONCE, after: null });
      this.#take(idea);
    } catch (error) {
      this.error = error;
    }
  }

  async loadMine(): Promise<void> {
    const { viewer, idea } = await query(MyIdea, { id: this.id });
    for (const id of viewer?.likedCommentIds ?? []) this.jam.liked.add(id);
    this.canEdit = idea?.viewerCanEdit ?? false;
  }

  async loadMoreComments(): Promise<void> {
    const { idea } = await query(IdeaDetail, { id: this.id, first: COMMENTS_AT_ONCE, after: this.#cursor });
    if (idea) this.#takeComments(idea);
  }

  /** Whether a tick made what was fetched stale: a new version, something taken away, merged, or grown on the tree. */
  isOutdatedBy(news: News): boolean {
    const ids = new Set([this.id, ...(this.detail?.tree ?? []).map((node) => node.id)]);
    return (
      news.removedIds.some((id) => ids.has(id)) ||
      news.ideas.some((idea) => this.#isNewVersion(idea) || this.#grewHere(idea, ids) || this.#wasMerged(idea))
    );
  }

  #isNewVersion(idea: Idea): boolean {
    return idea.id === this.id && (idea.versionCount !== this.detail?.versionCount || idea.status !== this.detail?.status);
  }

  #grewHere(idea: Idea, ids: ReadonlySet<string>): boolean {
    return !ids.has(idea.id) && idea.parents.some((parent) => ids.has(parent.id));
  }

  /** Merged into this one, or taken out of it again. */
  #wasMerged(idea: Idea): boolean {
    const isHere = this.detail?.mergedIdeas.some((other) => other.id === idea.id) ?? false;
    return isHere !== (idea.mergedInto?.id === this.id);
  }

  #take(idea: Detail | null): void {
    this.detail = idea && this.detail ? fresher(this.detail, idea) : idea;
    if (!idea) return;
    const { bodyHtml: _html, tree: _tree, mergedIdeas: _merged, comments: _comments, ...card } = idea;
    this.jam.learn([card]);
    this.#takeComments(idea);
  }

  #takeComments(idea: Detail): void {
    this.jam.learnComments(idea.comments.edges.map((edge) => edge.node));
    this.hasMoreComments = idea.comments.pageInfo.hasNextPage;
    this.#cursor = idea.comments.pageInfo.endCursor;
  }
}
