import type { Flower } from './garden';
import type { Bed, Dot, Marks } from './marks';
import type { Person } from './people';
import { COLOUR } from './colours';

/** The tokens' colours as the browser resolves them. */
export interface Palette {
  /** The ten colours of themes. */
  themes: readonly string[];
  paper: string;
  glass: string;
  line: string;
  edge: string;
  leaf: string;
  clay: string;
}

const QUIET = 0.34;
const FULL = 0.92;
const SMALL = 1.3;
const BATCH = 500;
const RING = 1.2;

/** Draws beds, stems, discs and dots; `chosen` has a ring around it. */
export function paint(context: CanvasRenderingContext2D, marks: Marks, people: readonly Person[], palette: Palette, chosen: Flower | null): void {
  for (const beds of byDepth(marks.beds)) {
    // Stems pass behind the beds beside them, and end at their own.
    paintStems(context, beds, palette);
    for (const bed of beds) paintBed(context, bed, palette);
  }
  for (const { x, y, r, flower } of marks.discs) {
    context.globalAlpha = 0.55;
    circle(context, x, y, r, palette.themes[COLOUR[usual(flower, people)]] ?? palette.edge);
  }
  paintDots(context, marks.dots, people, palette);
  context.globalAlpha = 1;
  const bed = chosen && marks.beds.find(({ flower }) => flower === chosen);
  if (bed) ring(context, bed.x, bed.y, bed.r, palette.leaf, 2.5);
}

function byDepth(beds: readonly Bed[]): Bed[][] {
  const levels: Bed[][] = [];
  for (const bed of beds) (levels[bed.flower.depth] ??= []).push(bed);
  return levels.filter((level) => level !== undefined);
}

function paintBed(context: CanvasRenderingContext2D, { x, y, r, flower }: Bed, palette: Palette): void {
  context.globalAlpha = 1;
  circle(context, x, y, r, flower.depth % 2 === 1 ? palette.glass : palette.paper);
  if (r > 5) ring(context, x, y, r, palette.line, 1);
}

function paintStems(context: CanvasRenderingContext2D, beds: readonly Bed[], palette: Palette): void {
  context.strokeStyle = palette.edge;
  context.globalAlpha = 0.6;
  context.lineWidth = 1;
  context.beginPath();
  for (const { stem } of beds) {
    if (!stem) continue;
    context.moveTo(stem.fromX, stem.fromY);
    context.lineTo(stem.toX, stem.toY);
  }
  context.stroke();
}

function paintDots(context: CanvasRenderingContext2D, dots: readonly Dot[], people: readonly Person[], palette: Palette): void {
  const groups = new Map<string, Dot[]>();
  for (const dot of dots) {
    const key = lookOf(people[dot.person]);
    const group = groups.get(key);
    if (group) group.push(dot);
    else groups.set(key, [dot]);
  }
  for (const [key, group] of groups) {
    const [colour, look] = key.split(' ');
    context.globalAlpha = look === 'quiet' ? QUIET : FULL;
    const tone = colour === '-' ? palette.edge : (palette.themes[Number(colour)] ?? palette.edge);
    for (let from = 0; from < group.length; from += BATCH) fill(context, group.slice(from, from + BATCH), look === 'out', look === 'out' ? palette.clay : tone);
  }
}

/** The colour of the relation; full for who takes part, quiet for who has not yet, a ring for who is suspended. */
function lookOf(person: Person | undefined): string {
  if (!person) return '- quiet';
  if (person.isSuspended) return `${COLOUR[person.relation]} out`;
  return `${COLOUR[person.relation]} ${person.isActive ? 'full' : 'quiet'}`;
}

function fill(context: CanvasRenderingContext2D, dots: readonly Dot[], isHollow: boolean, tone: string): void {
  context.beginPath();
  for (const { x, y, r } of dots) {
    if (r < SMALL) context.rect(x - r, y - r, 2 * r, 2 * r);
    else {
      const radius = isHollow ? Math.max(0.8, r - RING / 2) : r;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }
  context.fillStyle = context.strokeStyle = tone;
  context.lineWidth = RING;
  if (isHollow) context.stroke();
  else context.fill();
}

const known = new WeakMap<Flower, Person['relation']>();

/** What most of a flower's seeds are to the company. */
function usual(flower: Flower, people: readonly Person[]): Person['relation'] {
  const before = known.get(flower);
  if (before) return before;
  const counts = new Map<Person['relation'], number>();
  for (const seed of flower.seeds) {
    const relation = people[seed]?.relation;
    if (relation) counts.set(relation, (counts.get(relation) ?? 0) + 1);
  }
  const most = [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 'EMPLOYEE';
  known.set(flower, most);
  return most;
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, r: number, tone: string): void {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = tone;
  context.fill();
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, r: number, tone: string, width: number): void {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.strokeStyle = tone;
  context.lineWidth = width;
  context.stroke();
}
