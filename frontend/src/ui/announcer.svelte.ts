const APART_MS = 15_000;

/**
 * What screen readers hear of the live page: at most one summary every 15 seconds. Of each topic only the newest words
 * are kept while they wait, so that a busy jam is a sentence and not a flood.
 */
export class LiveAnnouncer {
  words = $state('');
  #waiting = new Map<string, string>();
  #lastAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Say `words` soon; newer words about the same `topic` replace them. */
  say(topic: string, words: string): void {
    this.#waiting.set(topic, words);
    this.#timer ??= setTimeout(() => this.#speak(), Math.max(0, this.#lastAt + APART_MS - Date.now()));
  }

  #speak(): void {
    this.#timer = undefined;
    this.#lastAt = Date.now();
    this.words = [...this.#waiting.values()].join(' ');
    this.#waiting.clear();
  }
}

export const announcer = new LiveAnnouncer();
