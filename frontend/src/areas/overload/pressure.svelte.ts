import { overloaded, SHEDS, type Shed } from '../../graphql/overloaded';

/** Pongs come every 20 s: what two of them did not repeat is over. */
const KEPT_MS = 50_000;

/** What the server does without just now, as far as this page has heard. */
export class Pressure {
  #off: readonly Shed[] = $state.raw([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  get off(): readonly Shed[] {
    return this.#off;
  }

  isOff(what: Shed): boolean {
    return this.#off.includes(what);
  }

  /** The server said what it does without. A refusal that came meanwhile is forgotten: it knows better. */
  told(off: readonly Shed[]): void {
    this.#off = SHEDS.filter((shed) => off.includes(shed));
    this.#keep();
  }

  /** It refused something: then what is cheaper to lose is off as well. */
  refused(what: Shed): void {
    const upTo = SHEDS.indexOf(what);
    this.#off = SHEDS.filter((shed, place) => place <= upTo || this.#off.includes(shed));
    this.#keep();
  }

  #keep(): void {
    clearTimeout(this.#timer);
    if (this.#off.length > 0) this.#timer = setTimeout(() => (this.#off = []), KEPT_MS);
  }
}

export const pressure = new Pressure();
overloaded.listen(pressure);
