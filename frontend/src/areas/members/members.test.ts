import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parts } from './bulk';
import type { MemberOfList } from './documents';
import { EVERYBODY, Roll } from './roll.svelte';
import { Selection } from './selection.svelte';

const asked: Record<string, unknown>[] = [];
const TOTAL = 12_345;

function member(place: number): MemberOfList {
  return {
    person: { id: `p${place}`, name: `Person ${place}`, relation: 'FRIEND', country: null, role: 'PARTICIPANT', isAnonymous: false },
    email: null, role: 'PARTICIPANT', relation: 'FRIEND', joinedAt: place, ideaCount: 0, commentCount: 0, supportCount: 0, restriction: null,
  };
}

vi.mock('../../graphql/client', () => ({
  query: async (_document: unknown, variables: { at: number; first?: number }) => {
    asked.push(variables);
    const size = variables.first ?? 5_000;
    const places = Array.from({ length: Math.max(0, Math.min(size, TOTAL - variables.at)) }, (_, index) => variables.at + index);
    return { jam: { members: { totalCount: TOTAL, edges: places.map((place) => ({ node: member(place) })), personIds: places.map((place) => `p${place}`) } } };
  },
}));

beforeEach(() => void (asked.length = 0));

describe('the roll', () => {
  it('fetches the pages in sight, each once, and knows how many there are', async () => {
    const roll = new Roll('j1');
    await roll.want(EVERYBODY);
    expect(roll.total).toBe(TOTAL);
    expect(roll.at(99)?.person.id).toBe('p99');
    expect(roll.at(6_000)).toBeUndefined();
    roll.show(5_990, 6_010);
    roll.show(5_990, 6_010);
    await vi.waitFor(() => expect(roll.at(6_000)?.person.id).toBe('p6000'));
    expect(asked.map(({ at }) => at)).toEqual([0, 5_900, 6_000]);
  });

  it('keeps a bounded number of pages, and fetches again what it let go', async () => {
    const roll = new Roll('j1');
    await roll.want(EVERYBODY);
    for (let place = 100; place < 4_000; place += 100) {
      roll.show(place, place);
      await vi.waitFor(() => expect(roll.at(place)).toBeDefined());
    }
    expect(roll.at(0)).toBeUndefined();
    roll.show(0, 0);
    await vi.waitFor(() => expect(roll.at(0)?.person.id).toBe('p0'));
  });

  it('shows members as an act left them', async () => {
    const roll = new Roll('j1');
    await roll.want(EVERYBODY);
    roll.take([{ ...member(3), role: 'SPONSOR' }]);
    expect(roll.at(3)?.role).toBe('SPONSOR');
    expect(roll.at(4)?.role).toBe('PARTICIPANT');
  });

  it('gathers the ids of everyone who matches, part by part', async () => {
    const ids = await new Roll('j1').everyId();
    expect(ids).toHaveLength(TOTAL);
    expect(new Set(ids).size).toBe(TOTAL);
  });
});

describe('acting on many', () => {
  it('goes in parts as large as the server takes, and leaves nobody out', () => {
    const people = Array.from({ length: 12_001 }, (_, place) => `p${place}`);
    const made = parts(people);
    expect(made.map((part) => part.length)).toEqual([5_000, 5_000, 2_001]);
    expect(made.flat()).toEqual(people);
    expect(parts([])).toEqual([]);
  });
});

describe('a selection', () => {
  it('holds ids, whatever is in sight', () => {
    const selection = new Selection();
    selection.set(['a', 'b'], true);
    selection.toggle('b');
    selection.toggle('c');
    expect(selection.ids).toEqual(['a', 'c']);
    expect([selection.has('a'), selection.has('b'), selection.has(null)]).toEqual([true, false, false]);
    selection.clear();
    expect(selection.size).toBe(0);
  });
});
