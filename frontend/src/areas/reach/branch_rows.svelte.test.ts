import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { BranchRows } from './branch_rows.svelte';
import type { Line, Page } from './documents';
import { generated } from './generated_people';

const PEOPLE = generated(120, 5);
const PER_PAGE = 7;

const lineOf = (index: number): Line => {
  const person = PEOPLE[index]!;
  return {
    person: { id: person.id, name: person.name, relation: person.relation, country: null, role: 'PARTICIPANT', isAnonymous: false },
    relation: person.relation, role: 'PARTICIPANT', joinedAt: 0, isSuspended: false, degree: 0, brought: person.brought, below: person.below,
  };
};

/** A server of pages over the generated people; `asked` notes what was asked for. */
function served(asked: string[] = []) {
  return async (within: string | null, after: string | null): Promise<Page> => {
    asked.push(`${within ?? ''}@${after ?? 0}`);
    const owner = PEOPLE.findIndex(({ id }) => id === within);
    const all = within === null ? PEOPLE.flatMap(({ parent }, index) => (parent < 0 ? [index] : [])) : (PEOPLE[owner]?.children ?? []);
    const from = Number(after ?? 0);
    const lines = all.slice(from, from + PER_PAGE);
    return { totalCount: all.length, pageInfo: { hasNextPage: from + PER_PAGE < all.length, endCursor: String(from + lines.length) }, edges: lines.map((index) => ({ node: lineOf(index) })) };
  };
}

async function everything(rows: BranchRows): Promise<void> {
  await rows.more(null);
  for (let index = 0; index < rows.rows.length; index += 1) {
    const row = rows.rows[index]!;
    if (row.line === null) {
      await rows.more(row.within);
      index -= 1;
    } else if (row.line.brought > 0 && !row.isOpen) {
      rows.open(row.key);
      await Promise.resolve();
      await Promise.resolve();
      flushSync();
    }
  }
}

describe('the rows of the tree', () => {
  it('come to hold everyone once, each below their inviter', async () => {
    const rows = new BranchRows(served());
    await everything(rows);
    expect(rows.rows.map((row) => row.key).toSorted()).toEqual(PEOPLE.map(({ id }) => id).toSorted());
    for (const [index, row] of rows.rows.entries()) {
      const outer = rows.outer(index);
      expect(rows.rows[outer]?.key ?? null).toBe(row.within);
      expect(row.level).toBe((rows.rows[outer]?.level ?? 0) + 1);
      expect(row.place).toBeLessThanOrEqual(row.size);
    }
  });

  it('load a page at a time, and nothing twice', async () => {
    const asked: string[] = [];
    const rows = new BranchRows(served(asked));
    await Promise.all([rows.more(null), rows.more(null)]);
    expect(asked).toEqual(['@0']);
    expect(rows.rows.length).toBe(PER_PAGE + 1);
    await rows.more(null);
    expect(asked).toEqual(['@0', `@${PER_PAGE}`]);
    expect(rows.rows.length).toBe(2 * PER_PAGE + 1);
  });

  it('close without forgetting', async () => {
    const asked: string[] = [];
    const rows = new BranchRows(served(asked));
    await rows.more(null);
    const row = rows.rows.find(({ line }) => (line?.brought ?? 0) > 0)!;
    rows.toggle(row);
    await new Promise((resolve) => setTimeout(resolve));
    const opened = rows.rows.length;
    expect(opened).toBeGreaterThan(PER_PAGE + 1);
    rows.toggle(rows.rows.find(({ key }) => key === row.key)!);
    expect(rows.rows.length).toBe(PER_PAGE + 1);
    rows.open(row.key);
    expect(rows.rows.length).toBe(opened);
    expect(asked.length).toBe(2);
  });

  it('say what went wrong, and go on when asked again', async () => {
    let isBroken = true;
    const good = served();
    const rows = new BranchRows(async (within, after) => {
      if (isBroken) throw new Error('no');
      return good(within, after);
    });
    await rows.more(null);
    expect(rows.error).toBeInstanceOf(Error);
    isBroken = false;
    await rows.more(null);
    expect(rows.error).toBe(null);
    expect(rows.isLoaded).toBe(true);
  });
});
