/** What the server says to who comes while it is pressed: which one in the queue they are, and when to ask again. */
export interface Seat {
  place: number;
  retryAfterSeconds: number;
}

const SOONEST_S = 1;

/** The waiting room of this page: whoever asks waits here, and asks again when the time has come. */
export class Room {
  #place: number | null = $state(null);
  #left = $state(0);

  /** Which one in the queue; null while nobody has to wait. */
  get place(): number | null {
    return this.#place;
  }

  /** Seconds until it is asked again. */
  get left(): number {
    return this.#left;
  }

  /** Settles when it is time to ask again. */
  async wait({ place, retryAfterSeconds }: Seat): Promise<void> {
    this.#place = place;
    for (this.#left = Math.max(SOONEST_S, Math.ceil(retryAfterSeconds)); this.#left > 0; this.#left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  /** An answer came: nobody waits any more. */
  letIn(): void {
    this.#place = null;
  }
}

export const room = new Room();

/** The seat that an answer assigns; null for any other answer. */
export async function seatIn(response: Response): Promise<Seat | null> {
  if (response.status !== 503) return null;
  const told = (await response.clone().json().catch(() => null)) as { code?: unknown; place?: unknown; retryAfterSeconds?: unknown } | null;
  if (told?.code !== 'Waiting') return null;
  return { place: Number(told.place) || 1, retryAfterSeconds: Number(told.retryAfterSeconds) || SOONEST_S };
}
