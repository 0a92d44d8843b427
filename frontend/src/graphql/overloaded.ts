/** What a pressed server does without, in the order in which it is given up (`server/overload/levels.py`). */
export const SHEDS = ['PRESENCE', 'TYPING_HELP', 'THEME_UPDATES', 'HEAVY_QUERIES', 'ARRIVALS', 'WRITES'] as const;

export type Shed = (typeof SHEDS)[number];

interface Listener {
  /** The server said with a pong what it does without; nothing where everything is as ever. */
  told: (off: readonly Shed[]) => void;
  /** It refused something, which is to be asked for again after so long. */
  refused: (what: Shed, seconds: number) => void;
}

/** Where answers are read they may say that the server is pressed; whoever shows that listens. */
class Overloaded {
  #listener: Listener | null = null;

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** The payload of a pong. */
  hear(payload: unknown): void {
    const off = (payload as { busy?: { off?: unknown } } | null | undefined)?.busy?.off;
    this.#listener?.told(Array.isArray(off) ? off.filter(isShed) : []);
  }

  /** The extensions of an error; true where they are those of such a refusal. */
  read(extensions: unknown): boolean {
    const { code, what, retryAfterSeconds } = (extensions ?? {}) as { code?: unknown; what?: unknown; retryAfterSeconds?: unknown };
    if (code !== 'OVERLOADED') return false;
    if (isShed(what)) this.#listener?.refused(what, Number(retryAfterSeconds) || 0);
    return true;
  }
}

function isShed(value: unknown): value is Shed {
  return SHEDS.some((shed) => shed === value);
}

export const overloaded = new Overloaded();
