import { graphql } from '../graphql/graphql';
import { mutate } from '../graphql/client';
import { clock } from '../session/clock.svelte';
import { measuring } from '../session/measuring.svelte';
import type { Entry } from '../outbox/entry';
import { outbox } from '../outbox/outbox.svelte';
import { OwnVotes } from './own_votes';

const ReportLatency = graphql(`
  mutation ReportLatency($input: ReportLatencyInput!) {
    reportLatency(input: $input)
  }
`);

const EVERY_MS = 30_000;
const SAMPLE_EVERY_MS = 1_000;
const MOST = 40;
/** A device that slept, or a tunnel: not a way to a screen. */
const MOST_MS = 60_000;
const VOTES = new Set(['support', 'withdrawSupport']);

interface Tick {
  changedAt: number | null;
  ideas: readonly { id: string; seq: number }[];
}

/**
 * Where its person lets it: how long changes take to this screen, told to the server every half minute. `own` is by this
 * device's clock alone; `drawn` compares with the server's, and is sent with how wrong that may be. See docs/performance.md.
 */
export class ScreenLatency {
  #own: number[] = [];
  #drawn: number[] = [];
  #votes = new OwnVotes();
  #sampledAt = 0;

  constructor(private readonly jamId: () => string) {}

  /** Report until stopped. */
  start(): () => void {
    const timer = setInterval(() => void this.#report(), EVERY_MS);
    return () => {
      clearInterval(timer);
      this.#votes.forget();
    };
  }

  /** A tick has come and is about to be drawn. */
  heard({ changedAt, ideas }: Tick): void {
    if (!measuring.isOn || document.hidden) return;
    afterPaint(() => {
      const at = Date.now();
      this.#add(this.#own, this.#votes.tick(ideas, at, isUnderWay));
      if (changedAt === null || at - this.#sampledAt < SAMPLE_EVERY_MS) return;
      this.#sampledAt = at;
      this.#add(this.#drawn, [Math.max(0, clock.now() - changedAt)]);
    });
  }

  /** The server has answered something that was done here. */
  done(entry: Entry, seq: number | undefined): void {
    if (!measuring.isOn || seq === undefined || !VOTES.has(entry.kind)) return;
    this.#add(this.#own, this.#votes.answered({ ideaId: entry.target, at: entry.at, seq }));
  }

  #add(to: number[], values: number[]): void {
    to.push(...values.map(Math.round).filter((value) => value >= 0 && value <= MOST_MS));
    to.splice(0, to.length - MOST);
  }

  /** Whether it arrives does not matter: the next one holds enough. */
  async #report(): Promise<void> {
    const [own, drawn] = [this.#own.splice(0), this.#drawn.splice(0)];
    if (!measuring.isOn || own.length + drawn.length === 0) return;
    const sentAt = Date.now();
    try {
      const { reportLatency } = await mutate(ReportLatency, { input: { jamId: this.jamId(), own, drawn, clockError: clock.error } });
      clock.learn(reportLatency, sentAt, Date.now());
    } catch {
      // Offline, or another tab of the same session reported just now.
    }
  }
}

const isUnderWay = (ideaId: string) => outbox.about(ideaId).some((entry) => VOTES.has(entry.kind));

/** Once what is known now has been painted: a task that was queued in the frame runs after it. */
function afterPaint(run: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      run();
    };
    port2.postMessage(null);
  });
}
