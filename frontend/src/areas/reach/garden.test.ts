import { describe, expect, it } from 'vitest';
import { WHOLE, fitted, type View } from '../map/view';
import { MIDDLE, SEED, planted, seedAt, type Flower, type Garden } from './garden';
import { generated } from './generated_people';
import { boxOf, marksOf, personAt, personTowards, type Placing } from './marks';
import { namesOn } from './names';
import { pathTo, peopleOf } from './people';

const SEEDS = [1, 2, 3, 4, 5];

function flowersOf(flower: Flower): Flower[] {
  return [flower, ...flower.flowers.flatMap(flowersOf)];
}

function placingOf(garden: Garden, width: number, height: number, view: View = WHOLE): Placing {
  const s = Math.min(width, height) / (2 * garden.ground.cr);
  return { s, ox: width / 2 - s * garden.ground.cx, oy: height / 2 - s * garden.ground.cy, view, width, height };
}

describe('a garden', () => {
  it.each(SEEDS)('has a place for everyone, and each branch in its inviter’s (%i)', (seed) => {
    const people = generated(800, seed);
    const garden = planted(people, people.length);
    const flowers = flowersOf(garden.ground);
    expect(flowers.flatMap(({ seeds }) => seeds).length + flowers.filter(({ person }) => person >= 0).length).toBe(people.length);
    for (const flower of flowers) {
      const { cx, cy, cr } = flower;
      expect(Math.hypot(flower.x - cx, flower.y - cy) + flower.head).toBeLessThanOrEqual(cr + 1e-6);
      for (const inner of flower.flowers) {
        expect(Math.hypot(inner.cx - cx, inner.cy - cy) + inner.cr).toBeLessThanOrEqual(cr + 1e-6);
        expect(people[inner.person]?.parent).toBe(flower.person);
        expect(inner.depth).toBe(flower.depth + 1);
      }
      for (const index of flower.seeds) expect([people[index]?.parent, people[index]?.below]).toEqual([flower.person, 0]);
    }
  });

  it.each(SEEDS)('lets no two branches of one inviter overlap, nor the head (%i)', (seed) => {
    const people = generated(500, seed);
    for (const { flowers, head, x, y } of flowersOf(planted(people, people.length).ground)) {
      for (const [index, one] of flowers.entries()) {
        expect(Math.hypot(one.cx - x, one.cy - y)).toBeGreaterThan(one.cr + head);
        for (const other of flowers.slice(index + 1)) expect(Math.hypot(one.cx - other.cx, one.cy - other.cy)).toBeGreaterThan(one.cr + other.cr);
      }
    }
  });

  it('keeps seeds apart from each other and from the middle, and inside their head', () => {
    const people = generated(300, 3);
    for (const flower of flowersOf(planted(people, 400).ground)) {
      const count = flower.seeds.length + flower.unseen;
      const places = Array.from({ length: count }, (_, index) => seedAt(flower, index));
      for (const [index, { x, y }] of places.entries()) {
        const far = Math.hypot(x - flower.x, y - flower.y);
        expect(far + SEED).toBeLessThanOrEqual(flower.head + 1e-6);
        if (flower.person >= 0) expect(far).toBeGreaterThan(0.9 * (SEED + MIDDLE));
        for (const other of places.slice(index + 1)) expect(Math.hypot(x - other.x, y - other.y)).toBeGreaterThan(1.9 * SEED);
      }
    }
  });

  it('shows as seeds those whom the columns left out', () => {
    const people = generated(50, 2);
    const garden = planted(people, 80);
    expect(garden.ground.unseen).toBe(30);
    expect(marksOf(garden, placingOf(garden, 900, 600)).dots.length).toBeGreaterThanOrEqual(80);
  });

  it('of nobody is empty', () => {
    const garden = planted([], 0);
    expect(marksOf(garden, placingOf(garden, 900, 600)).dots).toEqual([]);
  });
});

describe('what is drawn', () => {
  it.each([[900, 600], [328, 420]])('of 10,000 people stays few enough, at %i × %i', (width, height) => {
    const people = generated(10_000);
    const garden = planted(people, people.length);
    const begun = performance.now();
    const { beds, discs, dots } = marksOf(garden, placingOf(garden, width, height));
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(beds.length + discs.length + dots.length).toBeLessThanOrEqual(2 * people.length);
    if (width < 400) expect(dots.length).toBeLessThan(6_000);
  });

  it('of 150,000 people, of whom 12,000 are in the picture, are at most as many marks', () => {
    const garden = planted(generated(12_000), 150_000);
    const { beds, discs, dots } = marksOf(garden, placingOf(garden, 900, 600));
    expect(beds.length + discs.length + dots.length).toBeLessThan(12_000);
  });

  it.each(SEEDS)('close by is only what is in sight, and finds everyone under the finger (%i)', (seed) => {
    const people = generated(600, seed);
    const garden = planted(people, people.length);
    const large = garden.ground.flowers[0] as Flower;
    const whole = placingOf(garden, 600, 600);
    const placing = placingOf(garden, 600, 600, fitted(boxOf(whole, large), whole));
    const { dots } = marksOf(garden, placing);
    expect(dots.length).toBeLessThan(people.length);
    for (const { x, y, r, person } of dots) {
      expect(x + r >= 0 && x - r <= 600 && y + r >= 0 && y - r <= 600).toBe(true);
      if (person >= 0 && x > 0 && x < 600 && y > 0 && y < 600) expect(personAt(garden, placing, x, y, 4)).toBe(person);
    }
  });

  it.each(SEEDS)('has names that stand on no other, inside the picture (%i)', (seed) => {
    const people = generated(3_000, seed);
    const garden = planted(people, people.length);
    for (const [width, height] of [[900, 600], [328, 420], [1400, 700]] as const) {
      for (const k of [1, 2.5, 7]) {
        const placing = placingOf(garden, width, height, { k, dx: (-width * (k - 1)) / 2, dy: (-height * (k - 1)) / 2 });
        const { beds } = marksOf(garden, placing);
        const words = { widthOf: (text: string) => 7 * text.length, countOf: String, nameless: 'Somebody' };
        const names = namesOn(beds, people, placing, words);
        if (k === 1) expect(names.length).toBeGreaterThan(2);
        const boxes = names.map(({ spot, text, count }) => ({ ...spot, w: Math.max(words.widthOf(text), words.widthOf(count)), h: 34 }));
        for (const [index, one] of boxes.entries()) {
          expect(one.x >= 0 && one.x <= width && one.y >= 0 && one.y <= height).toBe(true);
          for (const other of boxes.slice(index + 1)) {
            const isApart = Math.abs(one.x - other.x) >= (one.w + other.w) / 2 || Math.abs(one.y - other.y) >= (one.h + other.h) / 2;
            expect(isApart).toBe(true);
          }
        }
      }
    }
  });
});

describe('walking by keys', () => {
  const people = generated(200, 4);

  it('leads up, down and aside, and back', () => {
    for (const [index, person] of people.entries()) {
      const down = personTowards(people, index, 'down');
      if (down !== null) expect(personTowards(people, down, 'up')).toBe(index);
      else expect(person.children).toEqual([]);
      const next = personTowards(people, index, 'next');
      if (next !== null) expect(personTowards(people, next, 'before')).toBe(index);
    }
    expect(personTowards(people, null, 'down')).toBe(0);
    expect(personTowards([], null, 'down')).toBe(null);
  });

  it('knows the way from the first inviter', () => {
    for (const [index] of people.entries()) {
      const path = pathTo(people, index);
      for (const [step, place] of path.entries()) expect(people[path[step + 1] ?? index]?.parent).toBe(place);
      expect(people[path[0] ?? index]?.parent).toBe(-1);
    }
  });
});

describe('columns', () => {
  const base64 = (bytes: ArrayBufferView): string => btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)));
  const of = (...values: number[]): string => base64(new Uint32Array(values));

  it('become people who know whom they brought', () => {
    const people = peopleOf({
      count: 3, personIds: 'ann one six', parents: of(0, 1, 2), brought: of(3, 1, 0), below: of(6, 1, 0), relationCodes: ['EMPLOYEE', 'FRIEND'],
      relations: base64(new Uint8Array([0, 1, 1])), marks: base64(new Uint8Array([1, 2, 0])), origin: 1000, joined: of(0, 5, 6), names: 'Ann\n\nSix',
    });
    expect(people.map(({ id, name, parent, children, unseen }) => [id, name, parent, children, unseen])).toEqual([
      ['ann', 'Ann', -1, [1], 4],
      ['one', '', 0, [2], 0],
      ['six', 'Six', 1, [], 0],
    ]);
    expect(people.map(({ isActive, isSuspended, relation, joinedAt }) => [isActive, isSuspended, relation, joinedAt])).toEqual([
      [true, false, 'EMPLOYEE', 1000],
      [false, true, 'FRIEND', 6000],
      [false, false, 'FRIEND', 7000],
    ]);
  });

  it('of nobody are no people', () => {
    expect(peopleOf({ count: 0, personIds: '', parents: '', brought: '', below: '', relationCodes: [], relations: '', marks: '', origin: 0, joined: '', names: '' })).toEqual([]);
  });

  it('of many name only the first', () => {
    const people = peopleOf({
      count: 2, personIds: 'a b', parents: of(0, 0), brought: of(0, 0), below: of(0, 0), relationCodes: ['FRIEND'],
      relations: base64(new Uint8Array([0, 0])), marks: base64(new Uint8Array([0, 0])), origin: 0, joined: of(0, 0), names: 'Ann',
    });
    expect(people.map(({ name }) => name)).toEqual(['Ann', null]);
  });
});
