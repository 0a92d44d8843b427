import { SvelteMap } from 'svelte/reactivity';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Idea } from './fragments';
import { IdeaList, type IdeaSource } from './idea_list.svelte';

const HOUR = 3_600_000;

function idea(id: string, postedAt: number, supportCount = 0): Idea {
  return {
    __typename: 'Idea', id, seq: postedAt, title: id, body: '', language: 'en', topic: { id: 't' }, author: { relation: 'EMPLOYEE' },
    postedAt, status: 'VISIBLE', supportCount, commentCount: 0, buildOnCount: 0, isPinned: false, theme: null,
  } as unknown as Idea;
}

class Source implements IdeaSource {
  id = 'j';
  readonly ideas = new SvelteMap<string, Idea>();
  learn(ideas: readonly Idea[]): void {
    for (const one of ideas) this.ideas.set(one.id, one);
  }
}

/** The server: each answer is a page of ideas, or null where none comes back. `release` lets a held answer go. */
function server(...answers: (Idea[] | null)[]): { hold(): () => void } {
  let held: Promise<void> = Promise.resolve();
  vi.stubGlobal('fetch', async () => {
    const nodes = answers.shift();
    await held;
    if (!nodes) throw new TypeError('no network');
    const ideas = { edges: nodes.map((node) => ({ cursor: node.id, node })), pageInfo: { hasNextPage: false, endCursor: null }, totalCount: nodes.length };
    return new Response(JSON.stringify({ data: { jam: { id: 'j', seq: 1, serverTime: 1, ideas } } }), { headers: { 'content-type': 'application/json' } });
  });
  return {
    hold() {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
  };
}

const ids = (list: IdeaList) => list.ideas.map((one) => one.id);
const old = [idea('c', 3 * HOUR), idea('b', 2 * HOUR), idea('a', HOUR)];

afterEach(() => vi.unstubAllGlobals());

describe('IdeaList', () => {
  it("lets others' ideas wait, and puts the viewer's own where it belongs at once", async () => {
    server(old);
    const source = new Source();
    const list = new IdeaList(source, { order: 'NEW' });
    await list.load();
    const [theirs, mine] = [idea('theirs', 4 * HOUR), idea('mine', 2.5 * HOUR)];
    source.learn([theirs, mine]);
    list.hear([theirs]);
    list.welcome(mine);
    expect(ids(list)).toEqual(['c', 'mine', 'b', 'a']);
    expect([...list.fresh]).toEqual(['theirs']);
    expect(list.total).toBe(4);
    list.hear([mine]);
    expect(ids(list)).toEqual(['c', 'mine', 'b', 'a']);
  });

  it('takes its own idea from behind the pill when the answer comes after the tick', async () => {
    server(old);
    const source = new Source();
    const list = new IdeaList(source, { order: 'NEW' });
    await list.load();
    const mine = idea('mine', 4 * HOUR);
    source.learn([mine]);
    list.hear([mine]);
    expect(list.waiting).toBe(1);
    list.welcome(mine);
    expect(list.waiting).toBe(0);
    expect(ids(list)).toEqual(['mine', 'c', 'b', 'a']);
  });

  it('stays unloaded without a network, and shows everything with the own idea when it recovers', async () => {
    const mine = idea('mine', 4 * HOUR);
    server(null, [mine, ...old]);
    const source = new Source();
    const list = new IdeaList(source, { order: 'HOT' });
    await list.load();
    expect(list.error).toBeTruthy();
    source.learn([mine]);
    list.welcome(mine);
    expect(ids(list)).toEqual([]);
    await list.recover();
    expect(list.error).toBeNull();
    expect(ids(list)).toEqual(['mine', 'c', 'b', 'a']);
  });

  it('does not forget what it heard while the server made an older answer', async () => {
    const release = server(old).hold();
    const source = new Source();
    const list = new IdeaList(source, { order: 'NEW' });
    const loading = list.load();
    const [theirs, mine] = [idea('theirs', 5 * HOUR), idea('mine', 4 * HOUR)];
    source.learn([theirs, mine]);
    list.hear([theirs]);
    list.welcome(mine);
    release();
    await loading;
    expect(ids(list)).toEqual(['mine', 'c', 'b', 'a']);
    expect([...list.fresh]).toEqual(['theirs']);
  });
});
