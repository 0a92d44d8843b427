/** What someone who signs out wants done with what was not sent yet. */
export type Leaving = 'stay' | 'keep' | 'discard';

/** Whoever signs out while something of theirs waits on the device is asked first: the sheet is `areas/waiting/LeaveSheet`. */
class LeaveGate {
  isAsking = $state(false);
  #answer: (leaving: Leaving) => void = () => undefined;

  ask(): Promise<Leaving> {
    this.#answer('stay');
    this.isAsking = true;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  decide(leaving: Leaving): void {
    this.isAsking = false;
    this.#answer(leaving);
  }
}

export const leaveGate = new LeaveGate();
