/** A vote of this device that the server has answered. */
export interface Vote {
  ideaId: string;
  /** When it was tapped, and from which number on it is in effect. */
  at: number;
  seq: number;
}

interface Numbered {
  id: string;
  seq: number;
}

/**
 * How long one's own votes take to come back through the live connection. The tick that carries a vote may be drawn before
 * or after the vote's own answer arrives, so both are kept until they meet. All instants are of one clock: nothing to
 * synchronise, nothing to be wrong by.
 */
export class OwnVotes {
  #waiting = new Map<string, Vote>();
  #drawn = new Map<string, { seq: number; at: number }>();

  /** A tick was drawn at `at`; `isUnderWay` tells which ideas have a vote whose answer is still to come. Returns what it took, in ms. */
  tick(ideas: readonly Numbered[], at: number, isUnderWay: (ideaId: string) => boolean): number[] {
    return ideas.flatMap(({ id, seq }) => {
      const vote = this.#waiting.get(id);
      if (vote && seq >= vote.seq) {
        this.#waiting.delete(id);
        return [at - vote.at];
      }
      if (isUnderWay(id)) this.#drawn.set(id, { seq, at });
      return [];
    });
  }

  /** The server has answered a vote. Returns what it took if its tick was drawn already. */
  answered(vote: Vote): number[] {
    const drawn = this.#drawn.get(vote.ideaId);
    this.#drawn.delete(vote.ideaId);
    if (drawn && drawn.seq >= vote.seq) return [drawn.at - vote.at];
    this.#waiting.set(vote.ideaId, vote);
    return [];
  }

  forget(): void {
    this.#waiting.clear();
    this.#drawn.clear();
  }
}
