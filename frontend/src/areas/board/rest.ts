const STILL_MS = 1_200;
const TOP_PX = 40;
const MOVES = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/** Whether the viewer is about to touch something: then nothing may move under their finger. */
class Rest {
  #lastMove = 0;
  #watchers = 0;
  #note = () => void (this.#lastMove = performance.now());

  /** Listen while a list is shown. Returns how to stop. */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) for (const name of MOVES) addEventListener(name, this.#note, { passive: true });
    return () => {
      this.#watchers -= 1;
      if (this.#watchers === 0) for (const name of MOVES) removeEventListener(name, this.#note);
    };
  }

  /** The page is at its top, nothing moved for a while, and the focus is not inside the list. */
  isAtTop(list: HTMLElement | undefined): boolean {
    const isStill = performance.now() - this.#lastMove > STILL_MS;
    const hasFocus = list?.contains(document.activeElement) ?? false;
    return scrollY < TOP_PX && isStill && !hasFocus && document.visibilityState === 'visible';
  }
}

export const atRest = new Rest();
