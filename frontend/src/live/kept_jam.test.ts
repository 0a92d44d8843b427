import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetBoards, keepBoard, keptBoard } from '../outbox/boards';
import { database } from '../outbox/database';
import type { Idea } from './fragments';
import { bounded, type KeptJam } from './kept_jam';

const idea = (id: string, letters = 10) => ({ id, title: 'T', body: 'x'.repeat(letters) }) as unknown as Idea;

function jam(ideas: Idea[], lists: KeptJam['lists'] = {}, supported: string[] = []): KeptJam {
  return { at: 1, head: {} as KeptJam['head'], themes: [], announcements: [], ideas, lists, supported };
}

describe('what is kept of a jam', () => {
  it('is what stood in lists first, and no more than a device should keep', () => {
    const ideas = Array.from({ length: 500 }, (_, n) => idea(`i${n}`));
    const kept = bounded(jam(ideas, { hot: ['i499', 'i3'], new: ['i7'] }, ['i3', 'i450']));
    expect(kept.ideas.length).toBe(120);
    expect(kept.ideas.slice(0, 3).map((one) => one.id)).toEqual(['i499', 'i3', 'i7']);
    expect([kept.lists, kept.supported]).toEqual([{ hot: ['i499', 'i3'], new: ['i7'] }, ['i3']]);
  });

  it('leaves long texts out where they would take too much, from the lists as well', () => {
    const kept = bounded(jam([idea('i1', 900_000), idea('i2', 900_000)], { hot: ['i1', 'i2'] }));
    expect([kept.ideas.map((one) => one.id), kept.lists]).toEqual([['i1'], { hot: ['i1'] }]);
  });
});

describe('boards on the device', () => {
  const board = (owner: string, key: string, at: number) => keepBoard({ key, owner, at, board: key });
  const keys = async () => (await (await database()).getAll('boards')).map((one) => one.key).sort();

  beforeEach(async () => (await database()).clear('boards'));

  it('are the newest few of a person', async () => {
    for (const [at, key] of ['a', 'b', 'c', 'd'].entries()) await board('noa', key, at);
    await board('noa', 'b', 9);
    expect(await keys()).toEqual(['b', 'c', 'd']);
  });

  it('are shown to whom they were shown only', async () => {
    await board('noa', 'a', 1);
    expect([(await keptBoard('a', 'noa'))?.board, await keptBoard('a', 'uri')]).toEqual(['a', null]);
  });

  it('are forgotten when somebody else is here, and when nobody is', async () => {
    await board('noa', 'a', 1);
    await board('uri', 'b', 1);
    await forgetBoards('uri');
    expect(await keys()).toEqual(['b']);
    await forgetBoards();
    expect(await keys()).toEqual([]);
  });
});
