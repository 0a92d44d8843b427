import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveJam } from '../../live/live_jam.svelte';
import { Desk } from './desk.svelte';

interface Sent {
  name: string;
  input: Record<string, unknown>;
}

const author = { id: 'p1', name: 'Noa', relation: 'EMPLOYEE', country: null, role: null };
const idea = (id: string, more = {}) => ({ __typename: 'Idea', id, seq: 1, title: id, status: 'VISIBLE', postedAt: 1, topic: { id: 't1' }, mergedInto: null, ...more });
const report = (id: string, ideaId: string, filedAt: number) => ({
  id, reason: 'SPAM', note: '', filedAt, reporter: author, idea: idea(ideaId), comment: null, sameTargetCount: 1, outcome: null,
});

/** The server at its door: each operation's answer by its name; what was sent is kept. */
function serve(answers: Record<string, (input: any) => unknown>): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', async (_: unknown, init: RequestInit) => {
    const { query, variables } = JSON.parse(init.body as string);
    const name = /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? '';
    if (variables.input) sent.push({ name, input: variables.input });
    return new Response(JSON.stringify({ data: answers[name]?.(variables.input) ?? { jam: null } }), { headers: { 'content-type': 'application/json' } });
  });
  return sent;
}

const console_ = {
  Console: () => ({ jam: { id: 'jam1', seq: 5, serverTime: 0, reports: [report('r1', 'i1', 10), report('r2', 'i1', 20), report('r3', 'i2', 30)], stream: [] } }),
  HideIdea: (input: any) => ({ hideIdea: { __typename: 'IdeaSuccess', idea: idea(input.targetId, { seq: 6, status: 'HIDDEN' }) } }),
  RestoreIdea: (input: any) => ({ restoreIdea: { __typename: 'IdeaSuccess', idea: idea(input.targetId, { seq: 7 }) } }),
  ReopenReport: (input: any) => ({ reopenReport: { __typename: 'ReportSuccess', reportId: input.reportId } }),
  ResolveReport: (input: any) => ({ resolveReport: { __typename: 'ReportSuccess', reportId: input.reportId } }),
};
const refused = { __typename: 'NotAllowed', code: 'NotAllowed', message: 'No.' };

let desk: Desk;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  desk = new Desk({ id: 'jam1' } as LiveJam);
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

const caseIds = () => desk.cases.map((item) => item.id);

describe('the desk', () => {
  it('hides, then upholds the reports, and goes on to the next case', async () => {
    const sent = serve(console_);
    await desk.load();
    desk.chosen = { column: 'queue', id: 'i1' };
    await desk.act({ name: 'hide', reason: 'It advertises' }, 'i1');
    expect(sent.map(({ name, input: { commandId: _, ...input } }) => [name, input])).toEqual([
      ['HideIdea', { targetId: 'i1', reason: 'It advertises' }],
      ['ResolveReport', { reportId: 'r1', outcome: 'UPHELD', reason: 'It advertises' }],
    ]);
    expect([caseIds(), desk.chosen, desk.thing('i1')?.status]).toEqual([['i2'], { column: 'queue', id: 'i2' }, 'HIDDEN']);
  });

  it('changes nothing here when the server refuses', async () => {
    const sent = serve({ ...console_, HideIdea: () => ({ hideIdea: refused }) });
    await desk.load();
    expect(await desk.act({ name: 'hide', reason: 'It advertises' }, 'i1')).toBeNull();
    expect(desk.troubles.get('i1')?.why).toMatchObject({ code: 'NotAllowed' });
    expect([sent.length, caseIds(), desk.thing('i1')?.status, desk.canUndo, desk.busy.has('i1')]).toEqual([1, ['i1', 'i2'], 'VISIBLE', false, false]);
  });

  it('keeps the case open when only its reports could not be settled', async () => {
    serve({ ...console_, ResolveReport: () => ({ resolveReport: refused }) });
    await desk.load();
    const done = await desk.act({ name: 'hide', reason: 'It advertises' }, 'i1');
    expect([done?.unsettled?.code, caseIds(), desk.thing('i1')?.status]).toEqual(['NotAllowed', ['i1', 'i2'], 'HIDDEN']);
  });

  it('takes the last act back, once', async () => {
    const sent = serve(console_);
    await desk.load();
    await desk.act({ name: 'hide', reason: 'It advertises' }, 'i1');
    expect(await desk.undo('A mistake')).toMatchObject({ rejection: null, undone: { reportId: 'r1' } });
    expect(sent.slice(-2)).toMatchObject([
      { name: 'RestoreIdea', input: { targetId: 'i1', reason: 'A mistake' } },
      { name: 'ReopenReport', input: { reportId: 'r1', reason: 'A mistake' } },
    ]);
    expect([desk.thing('i1')?.status, desk.canUndo, await desk.undo('Again')]).toEqual(['VISIBLE', false, null]);
  });

  it('dismisses without touching the thing, and opens the case again', async () => {
    const sent = serve(console_);
    await desk.load();
    await desk.act({ name: 'dismiss', reason: 'It keeps to the rules' }, 'i2');
    expect(sent.map(({ name, input }) => [name, input.outcome, input.reason])).toEqual([['ResolveReport', 'DISMISSED', 'It keeps to the rules']]);
    expect([caseIds(), desk.canUndo]).toEqual([['i1'], true]);
    await desk.undo('A mistake');
    expect(sent.slice(1).map(({ name, input }) => [name, input.reportId])).toEqual([['ReopenReport', 'r3']]);
    expect([caseIds(), desk.canUndo]).toEqual([['i1', 'i2'], false]);
  });

  it('keeps an act that could not be taken back', async () => {
    serve({ ...console_, RestoreIdea: () => ({ restoreIdea: refused }) });
    await desk.load();
    await desk.act({ name: 'hide', reason: 'It advertises' }, 'i1');
    expect(await desk.undo('A mistake')).toMatchObject({ rejection: { code: 'NotAllowed' } });
    expect(desk.canUndo).toBe(true);
  });
});
