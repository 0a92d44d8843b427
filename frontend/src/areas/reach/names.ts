import { placeLabels, type Label } from '../map/labels';
import type { Box, Size, Spot } from '../map/view';
import type { Flower } from './garden';
import { onScreen, unit, type Bed, type Placing } from './marks';
import type { Person } from './people';

/** A name on the picture, at the branch of its person. */
export interface Name {
  flower: Flower;
  person: number;
  text: string;
  count: string;
  spot: Spot;
}

/** Branches of a smaller radius, in pixels, go without a name. */
const LEAST = 15;
const HEIGHT = 34;
const ROOM_FOR_ONE = 26_000;
const MOST = 22;

/** The names of the largest branches in sight, none over another nor over `reserved`; those that are larger than the picture say
 * theirs elsewhere. `widthOf` measures a text in pixels. */
export function namesOn(
  beds: readonly Bed[],
  people: readonly Person[],
  placing: Placing,
  words: { widthOf: (text: string) => number; countOf: (number: number) => string; nameless: string },
  reserved: readonly Box[] = [],
): Name[] {
  const size: Size = placing;
  const most = Math.min(MOST, Math.max(3, Math.floor((size.width * size.height) / ROOM_FOR_ONE)));
  const candidates = beds.filter((bed) => isNamed(bed, people, size)).sort((a, b) => b.r - a.r);
  const texts = new Map(candidates.slice(0, 2 * most).map((bed) => [String(bed.flower.person), textsOf(bed, people, words)]));
  const labels = candidates.slice(0, 2 * most).map((bed): Label => {
    const { text, count } = texts.get(String(bed.flower.person)) ?? { text: '', count: '' };
    const width = Math.min(170, Math.max(words.widthOf(text), words.widthOf(count))) + 8;
    return { id: String(bed.flower.person), width, height: HEIGHT, spots: spotsOf(bed, placing, HEIGHT) };
  });
  const placed = placeLabels(labels, size, () => 0, reserved);
  return candidates.flatMap((bed) => {
    const spot = placed.get(String(bed.flower.person));
    const said = texts.get(String(bed.flower.person));
    return spot && said ? [{ flower: bed.flower, person: bed.flower.person, ...said, spot }] : [];
  }).slice(0, most);
}

function isNamed({ flower, r }: Bed, people: readonly Person[], { width, height }: Size): boolean {
  const isWhole = 2 * r > Math.max(width, height);
  return !isWhole && r >= LEAST && (people[flower.person]?.name ?? null) !== null;
}

function textsOf({ flower }: Bed, people: readonly Person[], words: { countOf: (number: number) => string; nameless: string }): { text: string; count: string } {
  const person = people[flower.person];
  return { text: person?.name || words.nameless, count: words.countOf(person?.below ?? 0) };
}

/** In the middle of a head that leaves room around it; else at the edges of the branch. */
function spotsOf(bed: Bed, placing: Placing, height: number): Spot[] {
  const head = onScreen(placing, bed.flower.x, bed.flower.y);
  const below = bed.flower.head * unit(placing) + height / 2;
  return [
    { x: head.x, y: head.y + Math.min(below, 46) },
    { x: bed.x, y: bed.y + bed.r - height / 2 },
    { x: bed.x, y: bed.y - bed.r + height / 2 },
    { x: bed.x, y: bed.y + bed.r + height / 2 },
    { x: bed.x, y: bed.y - bed.r - height / 2 },
  ];
}
