import { query } from '../../../graphql/client';
import { subscribe } from '../../../graphql/subscribe.svelte';
import type { LiveJam } from '../../../live/live_jam.svelte';
import { ProposalChanges, ThemeDeskQuery, type Proposal, type Run, type Work } from './documents';

const RESTING_MS = 20_000;
const WORKING_MS = 2_000;

/** How the themes of a jam are kept: the last run, what is under way, and the changes that wait for a decision; all kept fresh. */
export class ThemeDesk {
  proposals: readonly Proposal[] = $state.raw([]);
  declined: readonly Proposal[] = $state.raw([]);
  run: Run | null = $state.raw(null);
  work: Work | null = $state.raw(null);
  isLoaded = $state(false);
  error: unknown = $state.raw(null);
  #seq = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  #askedAt = 0;

  constructor(readonly jam: LiveJam) {}

  readonly isWorking: boolean = $derived(this.work !== null && (this.work.isGrouping || this.work.waiting > 0));

  /** Load everything, then follow it until the returned function is called. */
  start(): () => void {
    const live = this.load().then(() => this.#follow());
    return () => {
      this.#isOver = true;
      clearTimeout(this.#timer);
      void live.then((stop) => stop());
    };
  }

  async load(): Promise<void> {
    try {
      const { jam } = await query(ThemeDeskQuery, { jamId: this.jam.id });
      if (jam) this.#take(jam);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.isLoaded = true;
    this.#again();
  }

  /** A regrouping was asked for: look often until it is done. */
  expectRun(): void {
    this.#askedAt = Date.now();
    this.#again();
  }

  #take(jam: { seq: number; themeRun: Run | null; themeWork: Work | null; themeProposals: readonly Proposal[]; declined: readonly Proposal[] }): void {
    if (jam.themeRun?.id !== this.run?.id) this.#askedAt = 0;
    this.#seq = Math.max(this.#seq, jam.seq);
    this.run = jam.themeRun;
    this.work = jam.themeWork;
    this.proposals = jam.themeProposals;
    this.declined = jam.declined;
  }

  #follow(): () => void {
    const live = subscribe(
      ProposalChanges,
      () => ({ jamId: this.jam.id, afterSeq: this.#seq }),
      ({ moderationChanges: told }) => {
        this.#seq = Math.max(this.#seq, told.seq);
        if (!told.themeProposals) return;
        this.proposals = told.themeProposals;
        void this.load();
      },
    );
    return () => live.stop();
  }

  /** What is under way is told by nobody: ask again, soon while something is. */
  #again(): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    const isExpected = this.isWorking || Date.now() - this.#askedAt < 60_000;
    this.#timer = setTimeout(() => (document.hidden ? this.#again() : void this.load()), isExpected ? WORKING_MS : RESTING_MS);
  }
}
