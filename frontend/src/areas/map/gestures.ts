import type { Attachment } from 'svelte/attachments';
import type { Spot, View } from './view';

const STILL_PX = 5;
const WHEEL = 0.0016;

/** What can be panned, zoomed and pointed at. */
export interface Handled {
  readonly view: View;
  /** What is pointed at, by index; `isHeld` while it stays without a mouse over it. */
  pointed: number | null;
  isHeld: boolean;
  pan(x: number, y: number): void;
  zoom(factor: number, at: Spot): void;
  at(spot: Spot, pointer: string): number | null;
}

/** Mouse, pen and fingers on a map: hover points, drag pans, two fingers and the wheel zoom, a tap is told. */
export function gestures(scene: Handled, onTap: (spot: Spot, event: PointerEvent) => void): Attachment<HTMLElement> {
  return (element) => {
    const hand = new Hand(scene, element, onTap);
    const stops = [
      listen(element, 'pointerdown', (event) => hand.press(event)),
      listen(element, 'pointermove', (event) => hand.move(event)),
      listen(element, 'pointerup', (event) => hand.lift(event)),
      listen(element, 'pointercancel', (event) => hand.drop(event)),
      listen(element, 'pointerleave', (event) => hand.leave(event)),
      listen(element, 'wheel', (event) => hand.wheel(event)),
    ];
    return () => stops.forEach((stop) => stop());
  };
}

function listen<K extends keyof HTMLElementEventMap>(element: HTMLElement, kind: K, act: (event: HTMLElementEventMap[K]) => void): () => void {
  element.addEventListener(kind, act, { passive: false });
  return () => element.removeEventListener(kind, act);
}

class Hand {
  #fingers = new Map<number, Spot>();
  #begin: Spot | null = null;
  #isDragging = false;

  constructor(
    private readonly scene: Handled,
    private readonly element: HTMLElement,
    private readonly onTap: (spot: Spot, event: PointerEvent) => void,
  ) {}

  press(event: PointerEvent): void {
    if (event.button !== 0 || isButton(event.target)) return;
    const spot = this.#spot(event);
    this.#fingers.set(event.pointerId, spot);
    this.#begin = this.#fingers.size === 1 ? spot : null;
    this.#isDragging = this.#fingers.size > 1;
  }

  move(event: PointerEvent): void {
    const spot = this.#spot(event);
    const before = this.#fingers.get(event.pointerId);
    if (!before) return this.#hover(spot, event);
    if (this.#begin && !this.#isDragging) this.#isDragging = apart(this.#begin, spot) > STILL_PX;
    if (!this.#isDragging) return;
    this.element.setPointerCapture(event.pointerId);
    if (this.#fingers.size === 2) this.#pinch(event.pointerId, before, spot);
    else this.scene.pan(spot.x - before.x, spot.y - before.y);
    this.#fingers.set(event.pointerId, spot);
  }

  lift(event: PointerEvent): void {
    const wasTap = this.#fingers.size === 1 && !this.#isDragging && this.#fingers.has(event.pointerId);
    this.drop(event);
    if (wasTap && !isControl(event.target)) this.onTap(this.#spot(event), event);
  }

  drop(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    this.#begin = null;
  }

  leave(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && !this.scene.isHeld) this.scene.pointed = null;
  }

  /** At its smallest the map lets the page scroll on. */
  wheel(event: WheelEvent): void {
    const isOut = event.deltaY > 0;
    if (isOut && this.scene.view.k <= 1) return;
    event.preventDefault();
    const step = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 * event.deltaY : event.deltaY;
    this.scene.zoom(Math.exp(-step * (event.ctrlKey ? 6 : 1) * WHEEL), this.#spot(event));
  }

  #hover(spot: Spot, event: PointerEvent): void {
    if (event.pointerType !== 'mouse' || isControl(event.target)) return;
    this.scene.pointed = this.scene.at(spot, 'mouse');
    this.scene.isHeld = false;
  }

  #pinch(id: number, before: Spot, spot: Spot): void {
    const other = [...this.#fingers].find(([finger]) => finger !== id)?.[1] ?? spot;
    const middle = { x: (spot.x + other.x) / 2, y: (spot.y + other.y) / 2 };
    this.scene.zoom(apart(spot, other) / Math.max(1, apart(before, other)), middle);
    this.scene.pan((spot.x - before.x) / 2, (spot.y - before.y) / 2);
  }

  #spot(event: MouseEvent): Spot {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

/** A name may be dragged by, as the ground it stands on; a button may not. */
function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, input') !== null;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button, input') !== null;
}

function apart(a: Spot, b: Spot): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
