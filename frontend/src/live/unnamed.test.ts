import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hashOf } from '../anonymity/device';
import { mine } from '../anonymity/mine.svelte';
import { postUnnamedComment, postUnnamedIdea } from './commands.svelte';
import { outbox } from '../outbox/outbox.svelte';
import type { LiveJam } from './live_jam.svelte';

/** As much of a jam as is written down beside what waits. */
const JAM = { id: 'j1', slug: 'hale', ideas: new Map() } as unknown as LiveJam;
const IDEA = { jamId: 'j1', topicId: 't1', title: 'Unnamed', body: '', language: 'en' };

/** The network: each answer is a body, or an error for one that never came back. Keeps the inputs that were sent. */
function network(...answers: (object | Error)[]): Record<string, string>[] {
  const sent: Record<string, string>[] = [];
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    sent.push((JSON.parse(String(init.body)) as any).variables.input);
    const answer = answers.shift() ?? new TypeError('no answer is left');
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(new Response(JSON.stringify({ data: answer }), { headers: { 'content-type': 'application/json' } }));
  });
  return sent;
}

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
  mine.open('noa');
  void outbox.open('noa');
});

afterEach(() => {
  outbox.close();
  mine.open(null);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('sends an idea through a tunnel under one proof, and knows it by that afterwards', async () => {
  const sent = network(new TypeError('tunnel'), { postAnonymousIdea: { __typename: 'IdeaSuccess', seq: 7, idea: { id: 'i1' } } });
  await postUnnamedIdea(JAM, IDEA);
  await vi.runAllTimersAsync();
  expect(sent.map((input) => input.proof)).toEqual([sent[0]?.proof, sent[0]?.proof]);
  expect(mine.has('j1', 'i1')).toBe(true);
  expect(await mine.proofFor('j1', 'i1')).toBe(sent[0]?.proof);
  expect(outbox.entries).toHaveLength(0);
});

it('keeps what was begun in a tunnel over a reload, with its proof', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  await postUnnamedComment(JAM, { ideaId: 'i1', body: 'Said', language: 'en', parentId: null });
  await vi.advanceTimersByTimeAsync(10);
  outbox.close();
  const sent = network({ postAnonymousComment: { __typename: 'CommentSuccess', seq: 8, comment: { id: 'c1', idea: { jamId: 'j1' } } } });
  void outbox.open('noa');
  await vi.runAllTimersAsync();
  expect(sent).toHaveLength(1);
  expect(await mine.proofFor('j1', 'c1')).toBe(sent[0]?.proof);
});

it('gives each post a proof of its own, and never sends the secret', async () => {
  const answer = (id: string) => ({ postAnonymousIdea: { __typename: 'IdeaSuccess', seq: 7, idea: { id } } });
  const sent = network(answer('i1'), answer('i2'));
  await postUnnamedIdea(JAM, IDEA);
  await postUnnamedIdea(JAM, IDEA);
  await vi.runAllTimersAsync();
  expect(new Set(sent.map((input) => input.proof)).size).toBe(2);
  const secret = localStorage.getItem('hothouse.unnamed.noa') ?? 'none';
  expect(JSON.stringify(sent)).not.toContain(secret);
  expect(await hashOf(sent[0]?.proof ?? '')).toMatch(/^[0-9a-f]{64}$/);
});
