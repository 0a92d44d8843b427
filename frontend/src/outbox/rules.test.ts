import { describe, expect, it } from 'vitest';
import type { Deed, Entry } from './entry';
import { begun, dependents, isHeldBy, joined, nextTime, ready, refused, retried, rewritten, settled, unanswered } from './rules';
import { after } from './shelf';

let made = 0;

function deed(kind: string, target: string, input: Record<string, any> = {}, makes?: string): Deed {
  made += 1;
  return { id: `${kind}-${made}`, owner: 'noa', kind, target, input, note: {}, at: made, makes };
}

const queue = (...deeds: Deed[]): Entry[] => deeds.reduce<Entry[]>((entries, one) => after(entries, joined(entries, one)), []);
const kinds = (entries: readonly Entry[]) => entries.map((entry) => entry.kind);
const at = (now: number) => ({ now, underWay: new Set<string>(), room: 4, can: () => true });
const first = (entries: readonly Entry[]) => entries[0] as Entry;

describe('what joins the queue', () => {
  it('is nothing, where it takes back what was never sent', () => {
    expect(queue(deed('support', 'i1'), deed('withdrawSupport', 'i1'))).toEqual([]);
    expect(kinds(queue(deed('support', 'i1'), deed('withdrawSupport', 'i1'), deed('support', 'i1')))).toEqual(['support']);
    expect(queue(deed('like', 'c1'), deed('withdrawLike', 'c1'))).toEqual([]);
  });

  it('stands behind what it takes back, once that may have been seen', () => {
    const entries = queue(deed('support', 'i1'));
    const sent = after(entries, begun(entries, at(0)));
    expect(kinds(after(sent, joined(sent, deed('withdrawSupport', 'i1'))))).toEqual(['support', 'withdrawSupport']);
    const waiting = after(sent, unanswered(sent, first(sent).id));
    expect(kinds(after(waiting, joined(waiting, deed('withdrawSupport', 'i1'))))).toEqual(['support', 'withdrawSupport']);
  });

  it('is the same decision only once, and takes the place of a refused one', () => {
    expect(kinds(queue(deed('support', 'i1'), deed('support', 'i1')))).toEqual(['support']);
    const entries = queue(deed('support', 'i1'));
    const no = after(entries, refused(entries, first(entries).id, { rejection: { __typename: 'Locked', code: 'Locked', message: '' } }));
    expect(after(no, joined(no, deed('support', 'i1'))).map((entry) => entry.state)).toEqual(['waiting']);
  });

  it('leaves what is about other things alone', () => {
    expect(kinds(queue(deed('support', 'i1'), deed('withdrawSupport', 'i2')))).toEqual(['support', 'withdrawSupport']);
    expect(kinds(queue(deed('like', 'x'), deed('withdrawSupport', 'x')))).toEqual(['like', 'withdrawSupport']);
  });

  it('is the last wording only, upon the version that the first was written upon', () => {
    const entries = queue(deed('editIdea', 'i1', { body: 'one', baseVersion: 3 }), deed('editIdea', 'i1', { body: 'two', baseVersion: 3 }));
    expect(entries.map((entry) => entry.input)).toEqual([{ body: 'two', baseVersion: 3 }]);
  });

  it('is written upon the wording that is under way', () => {
    const entries = queue(deed('editIdea', 'i1', { body: 'one', baseVersion: 3 }));
    const sent = after(entries, begun(entries, at(0)));
    const both = after(sent, joined(sent, deed('editIdea', 'i1', { body: 'two', baseVersion: 3 })));
    expect(both.map((entry) => entry.input.baseVersion)).toEqual([3, 4]);
  });
});

describe('what may be sent', () => {
  it('is one of each thing, the oldest first', () => {
    const entries = queue(deed('support', 'i1'), deed('postComment', 'n1', { ideaId: 'i9' }), deed('postComment', 'n1', { ideaId: 'i9' }), deed('like', 'c1'));
    expect(kinds(ready(entries, at(0)))).toEqual(['support', 'postComment', 'like']);
  });

  it('comes after what it names, whatever that is called', () => {
    const post = deed('postIdea', 'i7', {}, 'i7');
    const behind = [deed('postComment', 'n', { ideaId: 'i7' }), deed('postIdea', 'i8', { parentIds: ['i1', 'i7'] }, 'i8'), deed('support', 'x', { ideaId: 'i7' })];
    const entries = queue(post, ...behind, deed('like', 'c1'));
    expect(kinds(ready(entries, at(0)))).toEqual(['postIdea', 'like']);
    const without = after(entries, { drop: [post.id] });
    expect(kinds(ready(without, at(0)))).toEqual(['postComment', 'postIdea', 'support', 'like']);
  });

  it('is held by a refused post, and goes with it when that is given up', () => {
    const post = deed('postIdea', 'i7', {}, 'i7');
    const comment = deed('postComment', 'n', { ideaId: 'i7' });
    const entries = queue(post, comment);
    const no = after(entries, refused(entries, post.id, { rejection: { __typename: 'PhaseClosed', code: 'PhaseClosed', message: '' } }));
    expect(ready(no, at(0))).toEqual([]);
    expect(isHeldBy(no.find((entry) => entry.id === comment.id) as Entry, no)?.id).toBe(post.id);
    expect(dependents(no, post.id).map((entry) => entry.id)).toEqual([comment.id]);
    expect(kinds(ready(after(no, retried(no, post.id)), at(0)))).toEqual(['postIdea']);
  });

  it('is not held by a refused vote on the same thing', () => {
    const entries = queue(deed('support', 'i1'), deed('editIdea', 'i1'));
    const no = after(entries, refused(entries, first(entries).id, { error: 'x' }));
    expect(kinds(ready(no, at(0)))).toEqual(['editIdea']);
  });

  it('waits as long as the server asks, and says until when', () => {
    const entries = queue(deed('postComment', 'n1'));
    const slow = after(entries, unanswered(entries, first(entries).id, 5_000));
    expect([ready(slow, at(4_999)).length, ready(slow, at(5_000)).length]).toEqual([0, 1]);
    expect([nextTime(slow, 1_000), nextTime(slow, 6_000)]).toEqual([5_000, null]);
  });

  it('is written down as begun, with how often', () => {
    const entries = queue(deed('support', 'i1'));
    const once = after(entries, begun(entries, at(0)));
    const twice = after(once, begun(once, at(0)));
    expect(twice.map((entry) => [entry.state, entry.attempts])).toEqual([['sending', 2]]);
    expect(ready(once, { ...at(0), underWay: new Set([first(once).id]) })).toEqual([]);
  });

  it('is no more than there is room for, and only what can be sent from here', () => {
    const entries = queue(...[1, 2, 3, 4, 5].map((n) => deed('support', `i${n}`)));
    expect(ready(entries, { ...at(0), room: 2 })).toHaveLength(2);
    expect(ready(entries, { ...at(0), room: -1 })).toHaveLength(0);
    expect(ready(entries, { ...at(0), can: (entry) => entry.target === 'i3' })).toHaveLength(1);
  });
});

describe('what is done', () => {
  const post = deed('postIdea', 'i7', {}, 'i7');
  const behind = [deed('postComment', 'n', { ideaId: 'i7', body: 'i7' }), deed('postIdea', 'i8', { parentIds: ['i1', 'i7'] }, 'i8'), deed('support', 'i1', { ideaId: 'i1' })];
  const entries = queue(post, ...behind);
  const left = (made: string | undefined) => after(entries, settled(entries, first(entries), made)).map((entry) => entry.input);

  it('is gone, and what follows upon it stays as it was', () => {
    for (const made of ['i7', undefined]) expect(left(made)).toEqual(behind.map((one) => one.input));
  });

  it('gives its id to what follows upon it, where it is not the one that was foreseen', () => {
    expect(left('i70')).toEqual([{ ideaId: 'i70', body: 'i7' }, { parentIds: ['i1', 'i70'] }, { ideaId: 'i1' }]);
  });
});

describe('a new wording', () => {
  it('keeps the id, so that what follows upon it still does', () => {
    const entries = queue(deed('postIdea', 'i7', { title: 'Old', topicId: 't1' }, 'i7'));
    const no = after(entries, refused(entries, first(entries).id, { rejection: { __typename: 'Locked', code: 'Locked', message: '' } }));
    const again = after(no, rewritten(no, first(no).id, { topicId: 't2' }));
    expect(again.map(({ id, state, input, rejection }) => [id, state, input, rejection])).toEqual([
      [first(entries).id, 'waiting', { title: 'Old', topicId: 't2' }, undefined],
    ]);
  });

  it('is refused for what the server may have seen', () => {
    const entries = queue(deed('postIdea', 'i7', { title: 'Old' }, 'i7'));
    const sent = after(entries, begun(entries, at(0)));
    const waiting = after(sent, unanswered(sent, first(sent).id));
    expect(rewritten(waiting, first(waiting).id, { title: 'New' })).toEqual({});
  });
});

/** The server of these rules: what it is told again it does once. */
it('does in the end what its person decided, however often the answers are lost', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let random = seed;
    const chance = () => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
    const supported = new Set<string>();
    const known = new Set<string>();
    const wanted = new Map<string, boolean>();
    let entries: Entry[] = [];
    const send = () => {
      entries = after(entries, begun(entries, { ...at(0), room: 1 + Math.floor(chance() * 3) }));
      for (const entry of entries.filter((one) => one.state === 'sending')) {
        if (chance() < 0.7 && !known.has(entry.id)) {
          known.add(entry.id);
          if (entry.kind === 'support') supported.add(entry.target);
          else supported.delete(entry.target);
        }
        entries = after(entries, known.has(entry.id) && chance() < 0.6 ? { drop: [entry.id] } : unanswered(entries, entry.id));
      }
    };
    for (let step = 0; step < 40; step += 1) {
      const target = `i${Math.floor(chance() * 3)}`;
      const isOn = !(wanted.get(target) ?? false);
      if (chance() < 0.6) {
        wanted.set(target, isOn);
        entries = after(entries, joined(entries, deed(isOn ? 'support' : 'withdrawSupport', target)));
      } else send();
    }
    for (let turn = 0; entries.length > 0 && turn < 500; turn += 1) send();
    expect(entries).toEqual([]);
    for (const [target, isOn] of wanted) expect(supported.has(target), `seed ${seed}: ${target}`).toBe(isOn);
  }
});
