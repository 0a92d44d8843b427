import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from './outbox.svelte';

const Support = parse('mutation Support($input: IdeaInput!) { supportIdea(input: $input) { __typename } }') as any;
const done = (id = 'i1') => ({ data: { supportIdea: { __typename: 'IdeaSuccess', idea: { id } } } });
const refused = (code: string) => ({ data: { supportIdea: { __typename: code, code, message: 'No.', retryAfterSeconds: 0.3 } } });

/** The network: each answer is a body, or an error for one that never came back. Keeps what was asked. */
function network(...answers: (object | Error)[]): { commandIds: string[] } {
  const commandIds: string[] = [];
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    commandIds.push((JSON.parse(String(init.body)) as any).variables.input.commandId);
    const answer = answers.shift() ?? done();
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } }));
  });
  return { commandIds };
}

function opened(): Outbox {
  const outbox = new Outbox();
  outbox.register('support', Support);
  outbox.open('noa');
  return outbox;
}

const stored = () => Object.keys(localStorage).filter((key) => key.startsWith('hothouse.outbox.noa.'));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('Outbox', () => {
  it('tells what was done, once, and keeps nothing', async () => {
    network(done());
    const outbox = opened();
    const heard: string[] = [];
    outbox.onDone((entry, value) => void heard.push(`${entry.kind} ${value.idea.id}`));
    outbox.add('support', 'i1', { ideaId: 'i1' });
    expect(stored()).toHaveLength(1);
    await vi.runAllTimersAsync();
    expect(heard).toEqual(['support i1']);
    expect([outbox.entries.length, stored().length]).toEqual([0, 0]);
  });

  it('sends again under the same id until an answer comes back', async () => {
    const sent = network(new TypeError('tunnel'), refused('Unavailable'), done());
    const outbox = opened();
    const { id } = outbox.add('support', 'i1', { ideaId: 'i1' });
    await vi.runAllTimersAsync();
    expect(sent.commandIds).toEqual([id, id, id]);
    expect(outbox.entries).toHaveLength(0);
  });

  it('keeps a refused entry with its reason, and retries it as a new decision', async () => {
    const sent = network(refused('Locked'), done());
    const outbox = opened();
    const { id } = outbox.add('support', 'i1', { ideaId: 'i1' });
    await vi.runAllTimersAsync();
    expect(outbox.about('i1').map((entry) => [entry.state, entry.rejection?.code])).toEqual([['failed', 'Locked']]);
    outbox.retry(id);
    await vi.runAllTimersAsync();
    expect(sent.commandIds[0]).toBe(id);
    expect(sent.commandIds[1]).not.toBe(id);
    expect(outbox.entries).toHaveLength(0);
  });

  it('sends commands about one thing one after the other', async () => {
    const sent = network(new TypeError('tunnel'), done(), done());
    const outbox = opened();
    const first = outbox.add('support', 'i1', { ideaId: 'i1' });
    const second = outbox.add('support', 'i1', { ideaId: 'i1' });
    await vi.runAllTimersAsync();
    expect(sent.commandIds).toEqual([first.id, first.id, second.id]);
  });

  it('takes up after a reload what an earlier visit left, under the same ids', async () => {
    network(new TypeError('tunnel'));
    const { id } = opened().add('support', 'i1', { ideaId: 'i1' });
    await vi.advanceTimersByTimeAsync(10);
    const sent = network(done());
    const later = new Outbox();
    later.open('noa');
    expect(later.entries.map((entry) => entry.id)).toEqual([id]);
    later.register('support', Support);
    await vi.advanceTimersByTimeAsync(50);
    expect(sent.commandIds).toEqual([id]);
    expect(stored()).toEqual([]);
  });

  it('keeps what another window of the same person added', async () => {
    network(new TypeError('tunnel'), new TypeError('tunnel'));
    const one = opened();
    const two = opened();
    const first = one.add('support', 'i1', { ideaId: 'i1' });
    const second = two.add('support', 'i2', { ideaId: 'i2' });
    expect(stored().sort()).toEqual([`hothouse.outbox.noa.${first.id}`, `hothouse.outbox.noa.${second.id}`].sort());
  });

  it('waits as long as a busy server asks', async () => {
    const busy = { errors: [{ message: 'Later.', extensions: { code: 'TOO_MANY', retryAfterSeconds: 30 } }] };
    const sent = network(busy, done());
    const outbox = opened();
    outbox.add('support', 'i1', { ideaId: 'i1' });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(sent.commandIds).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent.commandIds).toHaveLength(2);
    expect(outbox.entries).toHaveLength(0);
  });

  it('does not send one person’s commands as another', async () => {
    const sent = network();
    const outbox = new Outbox();
    outbox.open('noa');
    outbox.add('support', 'i1', { ideaId: 'i1' });
    outbox.close();
    outbox.open('uri');
    outbox.register('support', Support);
    await vi.runAllTimersAsync();
    expect(sent.commandIds).toEqual([]);
    expect(stored()).toHaveLength(1);
  });
});
