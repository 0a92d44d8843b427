/** Which terms are asked for. */
export interface TermsAsked {
  jamId: string;
  version: number;
}

/** So long after "not now" nobody is asked again: what else waited to be sent is refused with it. */
const CALM_MS = 1_500;

/**
 * The server refuses a post until the terms are accepted. Whatever sent it waits here while they are read, and goes on by itself
 * when they are accepted: see `graphql/send`. The sheet is `areas/terms/TermsSheet`.
 */
class TermsGate {
  asked: TermsAsked | null = $state.raw(null);
  #waiting: ((isAccepted: boolean) => void)[] = [];
  #declinedAt = -Infinity;

  /** True once they are accepted; false for "not now". */
  ask(asked: TermsAsked): Promise<boolean> {
    if (performance.now() - this.#declinedAt < CALM_MS) return Promise.resolve(false);
    this.asked ??= asked;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  accepted(): void {
    this.#settle(true);
  }

  declined(): void {
    if (this.asked) this.#declinedAt = performance.now();
    this.#settle(false);
  }

  #settle(isAccepted: boolean): void {
    this.asked = null;
    for (const resolve of this.#waiting.splice(0)) resolve(isAccepted);
  }
}

export const termsGate = new TermsGate();
