import { MIDDLE, SEED, seedAt, type Flower, type Garden } from './garden';
import type { Person } from './people';
import type { Box, View } from '../map/view';

/** A person as the canvas draws them, in pixels of the screen. `person` is -1 for one who is not in the picture by name. */
export interface Dot {
  x: number;
  y: number;
  r: number;
  person: number;
}

/** A head whose seeds are too small to be told apart: one disc for all of them. */
export interface Disc {
  x: number;
  y: number;
  r: number;
  flower: Flower;
}

/** A branch's circle, and the stem from whoever brought its person. */
export interface Bed {
  x: number;
  y: number;
  r: number;
  flower: Flower;
  stem: { fromX: number; fromY: number; toX: number; toY: number } | null;
}

export interface Marks {
  beds: Bed[];
  discs: Disc[];
  dots: Dot[];
}

/** How units of the garden become pixels: (x, y) stands at (k·(s·x + ox) + dx, …). */
export interface Placing {
  s: number;
  ox: number;
  oy: number;
  view: View;
  width: number;
  height: number;
}

/** Seeds of a smaller radius are drawn as one disc. */
const LEAST_SEED = 0.55;
/** A branch of a smaller radius is drawn as one dot. */
const LEAST_BED = 2.2;
const LEAST_STEM = 9;

export const unit = ({ s, view }: Placing): number => s * view.k;

export function onScreen({ s, ox, oy, view }: Placing, x: number, y: number): { x: number; y: number } {
  return { x: view.k * (s * x + ox) + view.dx, y: view.k * (s * y + oy) + view.dy };
}

/** The circle of a branch on the unzoomed screen. */
export function boxOf({ s, ox, oy }: Placing, flower: Flower): Box {
  const [x, y, r] = [s * flower.cx + ox, s * flower.cy + oy, s * flower.cr];
  return { left: x - r, right: x + r, top: y - r, bottom: y + r };
}

/** All that is to be drawn: what is out of sight is left out, and what is too small is drawn together. */
export function marksOf(garden: Garden, placing: Placing): Marks {
  const marks: Marks = { beds: [], discs: [], dots: [] };
  const waiting = [garden.ground];
  for (let flower = waiting.pop(); flower; flower = waiting.pop()) {
    const { x, y } = onScreen(placing, flower.cx, flower.cy);
    const r = flower.cr * unit(placing);
    if (!isInSight(placing, x, y, r)) continue;
    if (r < LEAST_BED) {
      marks.dots.push({ x, y, r: Math.max(0.7, 0.8 * r), person: flower.person });
      continue;
    }
    if (flower.person >= 0) marks.beds.push({ x, y, r, flower, stem: stemOf(placing, flower) });
    addHead(marks, placing, flower);
    waiting.push(...flower.flowers);
  }
  return marks;
}

function isInSight({ width, height }: Placing, x: number, y: number, r: number): boolean {
  return x + r >= 0 && y + r >= 0 && x - r <= width && y - r <= height;
}

function stemOf(placing: Placing, flower: Flower): Bed['stem'] {
  const outer = flower.within;
  if (!outer || outer.person < 0 || flower.cr * unit(placing) < LEAST_STEM) return null;
  const from = onScreen(placing, outer.x, outer.y);
  const to = onScreen(placing, flower.x, flower.y);
  return { fromX: from.x, fromY: from.y, toX: to.x, toY: to.y };
}

function addHead(marks: Marks, placing: Placing, flower: Flower): void {
  const { x, y } = onScreen(placing, flower.x, flower.y);
  const [size, r] = [unit(placing), flower.head * unit(placing)];
  if (!isInSight(placing, x, y, r)) return;
  const count = flower.seeds.length + flower.unseen;
  if (SEED * size < LEAST_SEED && count > 0) marks.discs.push({ x, y, r, flower });
  else for (let index = 0; index < count; index += 1) addSeed(marks, placing, flower, index);
  const middle = Math.max(1, MIDDLE * size);
  if (flower.person >= 0 && isInSight(placing, x, y, middle)) marks.dots.push({ x, y, r: middle, person: flower.person });
}

function addSeed(marks: Marks, placing: Placing, flower: Flower, index: number): void {
  const place = seedAt(flower, index);
  const { x, y } = onScreen(placing, place.x, place.y);
  const r = SEED * unit(placing);
  if (isInSight(placing, x, y, r)) marks.dots.push({ x, y, r, person: flower.seeds[index] ?? -1 });
}

/** Who is at a pixel of the screen, or within `reach` pixels of it: a person, or the whole branch that it belongs to. */
export function personAt(garden: Garden, placing: Placing, x: number, y: number, reach: number): number | null {
  let flower = garden.ground;
  for (let inner = innerAt(flower, placing, x, y); inner; inner = innerAt(flower, placing, x, y)) flower = inner;
  return seedNear(flower, placing, x, y, reach) ?? (flower.person < 0 ? null : flower.person);
}

function innerAt(flower: Flower, placing: Placing, x: number, y: number): Flower | undefined {
  return flower.flowers.find((inner) => {
    const at = onScreen(placing, inner.cx, inner.cy);
    return Math.hypot(at.x - x, at.y - y) <= Math.max(4, inner.cr * unit(placing));
  });
}

function seedNear(flower: Flower, placing: Placing, x: number, y: number, reach: number): number | null {
  if (SEED * unit(placing) < LEAST_SEED) return null;
  const middle = onScreen(placing, flower.x, flower.y);
  let least = flower.person < 0 ? Infinity : Math.hypot(middle.x - x, middle.y - y);
  let best: number | null = flower.person < 0 ? null : flower.person;
  for (const [index, person] of flower.seeds.entries()) {
    const place = seedAt(flower, index);
    const at = onScreen(placing, place.x, place.y);
    const far = Math.hypot(at.x - x, at.y - y);
    if (far < least) [best, least] = [person, far];
  }
  return least <= Math.max(reach, SEED * unit(placing)) ? best : null;
}

/** The person a key leads to: up to the inviter, down to whom they brought first in the picture, aside to the next one. */
export function personTowards(people: readonly Person[], from: number | null, way: 'up' | 'down' | 'next' | 'before'): number | null {
  if (from === null) return people.length > 0 ? 0 : null;
  const person = people[from];
  if (!person) return null;
  if (way === 'up') return person.parent < 0 ? null : person.parent;
  if (way === 'down') return person.children[0] ?? null;
  const siblings = people[person.parent]?.children ?? people.flatMap((other, index) => (other.parent < 0 ? [index] : []));
  return siblings[siblings.indexOf(from) + (way === 'next' ? 1 : -1)] ?? null;
}
