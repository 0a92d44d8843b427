import { packEnclose, packSiblings } from 'd3-hierarchy';
import type { Person } from './people';

/**
 * Everyone who joined, drawn as flowers. A person who brought others is a flower: the person in the middle, and around them as
 * seeds those who brought nobody, turned by the golden angle as in a sunflower's head (Vogel, 1979), so that areas count people.
 * Those who brought others in turn are flowers beside it, and all of a branch stand in one circle.
 * The ground of all is a flower without a middle: its seeds are who came without an invitation and brought nobody.
 */
export interface Flower {
  /** The place of the person in the middle; -1 for the ground of all. */
  person: number;
  /** The flower that this one stands in. */
  within: Flower | null;
  /** Places of the people who are seeds; `unseen` more are seeds without being in the picture. */
  seeds: number[];
  unseen: number;
  flowers: Flower[];
  /** The head, in units of the distance between seeds. */
  x: number;
  y: number;
  head: number;
  /** The circle around the whole branch. */
  cx: number;
  cy: number;
  cr: number;
  /** How deep it stands; 0 for the ground. */
  depth: number;
}

export interface Garden {
  ground: Flower;
  /** The flower in whose middle a person stands, or among whose seeds. */
  flowerOf: ReadonlyMap<number, Flower>;
  /** A person's place among the seeds of their flower; -1 for the middle. */
  seedOf: Int32Array;
}

/** Radii in units of the distance between seeds. */
export const SEED = 0.62;
export const MIDDLE = 1.15;
/** So many seeds would fit where the middle is. */
const CENTRE = 3;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const AIR = 0.5;

/** Where the seed number `index` of a flower stands. */
export function seedAt(flower: Flower, index: number): { x: number; y: number } {
  const radius = Math.sqrt(index + (flower.person < 0 ? 0.5 : CENTRE));
  return { x: flower.x + radius * Math.cos(index * GOLDEN), y: flower.y + radius * Math.sin(index * GOLDEN) };
}

/** The radius of a head with so many seeds. */
function headOf(seeds: number, hasMiddle: boolean): number {
  if (!hasMiddle) return seeds === 0 ? 0 : Math.sqrt(seeds) + SEED;
  return seeds === 0 ? MIDDLE : Math.sqrt(seeds - 1 + CENTRE) + SEED;
}

/** The garden of all people; `members`: how many there are, in the picture or not. */
export function planted(people: readonly Person[], members: number): Garden {
  const roots = people.flatMap((person, index) => (person.parent < 0 ? [index] : []));
  const shown = roots.reduce((sum, index) => sum + 1 + (people[index]?.below ?? 0), 0);
  const ground = emptyFlower(-1, null, Math.max(0, members - shown));
  const flowerOf = new Map<number, Flower>();
  const seedOf = new Int32Array(people.length).fill(-1);
  const flowers = [ground, ...people.map((person, index) => (person.below > 0 ? emptyFlower(index, null, person.unseen) : null))];
  for (const [index, person] of people.entries()) {
    const outer = flowers[person.parent + 1] ?? ground;
    const own = flowers[index + 1];
    if (own) {
      Object.assign(own, { within: outer, depth: outer.depth + 1 });
      outer.flowers.push(own);
    } else {
      seedOf[index] = outer.seeds.push(index) - 1;
    }
    flowerOf.set(index, own ?? outer);
  }
  for (const flower of flowers.toReversed()) if (flower) arrange(flower);
  for (const flower of flowers) if (flower) settle(flower);
  return { ground, flowerOf, seedOf };
}

function emptyFlower(person: number, within: Flower | null, unseen: number): Flower {
  return { person, within, seeds: [], unseen, flowers: [], x: 0, y: 0, head: 0, cx: 0, cy: 0, cr: 0, depth: 0 };
}

/** Packs the head and the flowers beside it; places are about the middle of the branch's circle until they are settled. */
function arrange(flower: Flower): void {
  flower.head = headOf(flower.seeds.length + flower.unseen, flower.person >= 0);
  const circles = [{ r: flower.head + AIR, x: 0, y: 0 }, ...flower.flowers.map(({ cr }) => ({ r: cr + AIR, x: 0, y: 0 }))];
  if (flower.head === 0) circles.shift();
  packSiblings(circles);
  const { x, y, r } = circles.length === 0 ? { x: 0, y: 0, r: 1 } : packEnclose(circles);
  const first = flower.head === 0 ? { x, y } : (circles.shift() ?? { x, y });
  [flower.x, flower.y, flower.cr] = [first.x - x, first.y - y, r];
  for (const [index, inner] of flower.flowers.entries()) {
    const circle = circles[index];
    if (circle) [inner.cx, inner.cy] = [circle.x - x, circle.y - y];
  }
}

/** From places within the branch to places in the garden; outer flowers come first. */
function settle(flower: Flower): void {
  const outer = flower.within;
  if (outer) {
    flower.cx += outer.cx;
    flower.cy += outer.cy;
  }
  flower.x += flower.cx;
  flower.y += flower.cy;
}
