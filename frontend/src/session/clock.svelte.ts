import { createSubscriber } from 'svelte/reactivity';

/** One comparison of the two clocks, in milliseconds. */
interface Sample {
  offset: number;
  roundTrip: number;
}

/**
 * The server's clock, as well as it can be known from here: of the last answers the one that came back fastest
 * bounds the error best (half its round trip), as in Cristian's algorithm.
 */
class ServerClock {
  #samples: Sample[] = [];
  #offset = $state(0);
  #error = 0;
  #ticks = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  /** Learn from an answer: `serverTime` was read on the server some time between `sentAt` and `receivedAt` (here). */
  learn(serverTime: number, sentAt: number, receivedAt: number): void {
    const sample = { offset: serverTime - (sentAt + receivedAt) / 2, roundTrip: receivedAt - sentAt };
    this.#samples = [...this.#samples.slice(-7), sample];
    const best = this.#samples.reduce((a, b) => (b.roundTrip < a.roundTrip ? b : a));
    this.#offset = best.offset;
    this.#error = best.roundTrip / 2;
  }

  /** How many milliseconds it may be wrong by, rounded up. */
  get error(): number {
    return Math.ceil(this.#error);
  }

  /** Whole milliseconds since 1970 on the server's clock, now. Does not make a component follow the time. */
  now(): number {
    return Math.round(Date.now() + this.#offset);
  }

  /** The same, and the component that reads it is drawn anew each second. */
  get ticking(): number {
    this.#ticks();
    return this.now();
  }
}

export const clock = new ServerClock();
