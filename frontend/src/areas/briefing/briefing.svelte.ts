import { query } from '../../graphql/client';
import type { LiveJam } from '../../live/live_jam.svelte';
import { clock } from '../../session/clock.svelte';
import { BriefingQuery, type BriefedJam } from './documents';

/** The briefing as it was counted at one moment. It is read and printed: it changes when its reader asks for it. */
export class BriefingData {
  jam: BriefedJam | null = $state.raw(null);
  /** When it was counted, in milliseconds since 1970. */
  at = $state(0);
  error: unknown = $state.raw(null);
  isLoading = $state(false);
  /** Ideas and comments that changed since. */
  news: ReadonlySet<string> = $state.raw(new Set<string>());

  constructor(private readonly live: LiveJam) {}

  async load(): Promise<void> {
    this.isLoading = true;
    this.error = null;
    try {
      const { jam } = await query(BriefingQuery, { jamId: this.live.id });
      this.#take(jam);
    } catch (problem) {
      this.error = problem;
    } finally {
      this.isLoading = false;
    }
  }

  /** Count what changes from now on. For an effect: returns how to stop. */
  follow(): () => void {
    return this.live.onNews(({ ideas, comments }) => {
      this.news = new Set([...this.news, ...ideas.map((idea) => idea.id), ...comments.map((comment) => comment.id)]);
    });
  }

  #take(jam: BriefedJam | null): void {
    this.jam = jam;
    this.at = clock.now();
    this.news = new Set();
    for (const theme of jam?.themes ?? []) this.live.learn(theme.centralIdeas);
  }
}
