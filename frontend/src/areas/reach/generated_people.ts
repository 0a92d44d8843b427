import type { Person } from './people';

/** People for tests: most bring nobody, a few bring many, as it happens (the same for the same seed). */
export function generated(count: number, seed = 7, share = 0.6): Person[] {
  const random = mulberry(seed);
  const people: Person[] = [];
  for (let index = 0; index < count; index += 1) {
    // The earlier somebody came the more people they have brought: a few branches hold most of them.
    const parent = index > 3 && random() < share ? Math.floor(index * random() ** 2.2) : -1;
    people.push({
      id: `p${index}`, name: `Person ${index}`, relation: (['EMPLOYEE', 'FAMILY', 'FRIEND', 'CLIENT', 'PARTNER'] as const)[Math.floor(5 * random() ** 2)] ?? 'EMPLOYEE',
      parent, children: [], brought: 0, below: 0, unseen: 0, isActive: random() < 0.6, isSuspended: random() < 0.01, joinedAt: index,
    });
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const parent = people[people[index]?.parent ?? -1];
    if (!parent) continue;
    parent.children.unshift(index);
    parent.brought += 1;
    parent.below += 1 + (people[index]?.below ?? 0);
  }
  return people;
}

/** A small generator of numbers from 0 to 1 (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
