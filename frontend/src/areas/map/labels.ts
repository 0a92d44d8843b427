import type { Box, Size, Spot } from './view';

/** A label that wants a place: its size, where its middle would stand best, and where else it may. */
export interface Label {
  id: string;
  width: number;
  height: number;
  /** Best first, in pixels of the screen: each next one must hide that much less to be preferred. */
  spots: readonly Spot[];
}

const APART = 4;
const RELUCTANCE = 3;

/**
 * Middles of the labels that find a place, the most important first in `labels`: each takes the one of its spots where it
 * overlaps none before it and hides least, the earlier spots preferred. What finds none is left out. A spot too near to an edge
 * is moved inwards. `hides` says how much lies under the box of a label;
 * `reserved` is where none may stand.
 */
export function placeLabels(labels: readonly Label[], size: Size, hides: (box: Box, id: string) => number, reserved: readonly Box[] = []): Map<string, Spot> {
  const placed = new Map<string, Spot>();
  const taken = [...reserved];
  for (const label of labels) {
    const spot = bestSpot(label, size, taken, hides);
    if (!spot) continue;
    placed.set(label.id, spot);
    taken.push(boxAt(spot, label));
  }
  return placed;
}

function bestSpot(label: Label, size: Size, taken: readonly Box[], hides: (box: Box, id: string) => number): Spot | undefined {
  let best: Spot | undefined;
  let least = Infinity;
  for (const [place, wish] of label.spots.entries()) {
    if (!isNear(wish, size)) continue;
    const spot = inside(wish, label, size);
    const box = boxAt(spot, label);
    const cost = isFree(box, taken) ? hides(box, label.id) + place * RELUCTANCE : Infinity;
    if (cost < least) [best, least] = [spot, cost];
  }
  return best;
}

/** Labels of what is out of sight are not drawn at the edge. */
function isNear({ x, y }: Spot, { width, height }: Size): boolean {
  return x > -20 && y > -20 && x < width + 20 && y < height + 20;
}

function inside({ x, y }: Spot, label: Label, size: Size): Spot {
  return { x: within(x, label.width / 2 + APART, size.width), y: within(y, label.height / 2 + APART, size.height) };
}

function within(value: number, half: number, whole: number): number {
  return whole < 2 * half ? whole / 2 : Math.min(whole - half, Math.max(half, value));
}

function boxAt({ x, y }: Spot, { width, height }: Label): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function isFree(box: Box, taken: readonly Box[]): boolean {
  return taken.every((other) => box.right + APART < other.left || other.right + APART < box.left || box.bottom + APART < other.top || other.bottom + APART < box.top);
}

/** Where a label of a size may stand by a box: above it, below, inside its upper and lower edge, its middle, at its sides. */
export function spotsAround({ left, right, top, bottom }: Box, { width, height }: Size): Spot[] {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const heights = [top - height / 2, bottom + height / 2, top, bottom, y];
  const sides = [left - width / 2, right + width / 2].map((side) => ({ x: side, y }));
  return [...heights.map((at) => ({ x, y: at })), ...sides];
}
