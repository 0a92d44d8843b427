import { eased } from './glide';
import { WHOLE, between, moved, zoomedAt, type Spot, type View } from './view';

const FLY_MS = 420;
const STEP = 1.7;
/** How far a key pans, in pixels. */
const PAN = 60;
const SHIFTS: Record<string, Spot> = {
  ArrowLeft: { x: PAN, y: 0 },
  ArrowRight: { x: -PAN, y: 0 },
  ArrowUp: { x: 0, y: PAN },
  ArrowDown: { x: 0, y: -PAN },
};

/** How a drawing is looked at: by hand, by keys, or flown to calmly; and what of it is pointed at, by index. */
export class Camera {
  width = $state(0);
  height = $state(0);
  view: View = $state.raw(WHOLE);
  /** What is under the mouse, the finger or the keyboard; `isHeld` while it stays without a mouse over it. */
  pointed: number | null = $state(null);
  isHeld = $state(false);
  #flight = 0;

  zoom(factor: number, at: Spot = this.#middle): void {
    cancelAnimationFrame(this.#flight);
    this.view = zoomedAt(this.view, factor, at, this);
  }

  zoomIn(): void {
    this.fly(zoomedAt(this.view, STEP, this.#middle, this));
  }

  zoomOut(): void {
    this.fly(zoomedAt(this.view, 1 / STEP, this.#middle, this));
  }

  showAll(): void {
    this.fly(WHOLE);
  }

  pan(x: number, y: number): void {
    cancelAnimationFrame(this.#flight);
    this.view = moved(this.view, { x, y }, this);
  }

  /** Shift and an arrow pan, + and − zoom, 0 shows all of it. Whether the key was one of these. */
  press({ key, shiftKey }: KeyboardEvent): boolean {
    const shift = shiftKey ? SHIFTS[key] : undefined;
    if (shift) this.pan(shift.x, shift.y);
    else if (key === '+' || key === '=') this.zoomIn();
    else if (key === '-') this.zoomOut();
    else if (key === '0') this.showAll();
    else return false;
    return true;
  }

  fly(to: View): void {
    cancelAnimationFrame(this.#flight);
    const from = this.view;
    if (isStill()) this.view = to;
    else animate(FLY_MS, (t) => (this.view = between(from, to, eased(t))), (id) => (this.#flight = id));
  }

  get #middle(): Spot {
    return { x: this.width / 2, y: this.height / 2 };
  }
}

/** Whether the viewer asked for no motion. */
export function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Draw a moment after another for `ms`, `t` from 0 to 1. Returns how to stop. */
export function animate(ms: number, draw: (t: number) => void, tell: (id: number) => void = () => undefined): () => void {
  const begin = performance.now();
  let id = 0;
  const frame = (now: number): void => {
    const t = Math.min(1, Math.max(0, (now - begin) / ms));
    draw(t);
    if (t < 1) tell((id = requestAnimationFrame(frame)));
  };
  tell((id = requestAnimationFrame(frame)));
  return () => cancelAnimationFrame(id);
}
