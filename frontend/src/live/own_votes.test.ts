import { describe, expect, it } from 'vitest';
import { OwnVotes } from './own_votes';

const yes = () => true;
const no = () => false;

describe('own votes', () => {
  it('are measured when their tick comes after their answer', () => {
    const votes = new OwnVotes();
    expect(votes.answered({ ideaId: 'i1', at: 1_000, seq: 7 })).toEqual([]);
    expect(votes.tick([{ id: 'i1', seq: 6 }, { id: 'i2', seq: 9 }], 1_100, no)).toEqual([]);
    expect(votes.tick([{ id: 'i1', seq: 8 }], 1_250, no)).toEqual([250]);
    expect(votes.tick([{ id: 'i1', seq: 9 }], 1_400, no)).toEqual([]);
  });

  it('are measured when their answer comes after their tick', () => {
    const votes = new OwnVotes();
    expect(votes.tick([{ id: 'i1', seq: 7 }], 1_180, yes)).toEqual([]);
    expect(votes.answered({ ideaId: 'i1', at: 1_000, seq: 7 })).toEqual([180]);
  });

  it('are not measured by a tick that was before them', () => {
    const votes = new OwnVotes();
    votes.tick([{ id: 'i1', seq: 6 }], 1_050, yes);
    expect(votes.answered({ ideaId: 'i1', at: 1_000, seq: 7 })).toEqual([]);
    expect(votes.tick([{ id: 'i1', seq: 7 }], 1_300, no)).toEqual([300]);
  });

  it('leave ticks of others alone', () => {
    const votes = new OwnVotes();
    votes.tick([{ id: 'i1', seq: 6 }], 1_050, no);
    expect(votes.answered({ ideaId: 'i1', at: 1_000, seq: 6 })).toEqual([]);
  });
});
