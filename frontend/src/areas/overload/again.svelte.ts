import { RequestFailed } from '../../graphql/failures';

/** Counts down to the moment for which a busy server asked, and then asks again. */
export class Again {
  #left = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Seconds until it is asked again; 0 where nobody said when. */
  get left(): number {
    return this.#left;
  }

  /** Begin for an error; returns how to stop. */
  begin(error: unknown, act: () => void): () => void {
    this.#stop();
    const seconds = error instanceof RequestFailed && error.kind === 'busy' ? (error.retryAfterSeconds ?? 0) : 0;
    if (seconds > 0) {
      this.#left = Math.ceil(seconds);
      this.#timer = setInterval(() => this.#tick(act), 1000);
    }
    return () => this.#stop();
  }

  #tick(act: () => void): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#stop();
    act();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#left = 0;
  }
}
