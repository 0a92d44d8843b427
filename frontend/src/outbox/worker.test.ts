import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { database, keepFact } from './database';
import type { Deed } from './entry';
import { joined } from './rules';
import { DeviceShelf } from './shelf';
import { sendWaiting } from './worker';

const shelf = new DeviceShelf();

function wait(kind: string, target: string, owner = 'noa'): Promise<unknown> {
  const deed: Deed = { id: `${kind} ${target}`, owner, kind, target, input: { ideaId: target }, note: {}, at: 1 };
  return shelf.update(owner, (entries) => joined(entries, deed));
}

function server(answer: (id: string) => object | Error): string[] {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    const id = (JSON.parse(String(init.body)) as any).variables.input.commandId as string;
    sent.push(id);
    const body = answer(id);
    if (body instanceof Error) throw body;
    return new Response(JSON.stringify(body));
  });
  return sent;
}

const done = { data: { it: { __typename: 'IdeaSuccess' } } };
const refused = { data: { it: { __typename: 'TermsNotAccepted', code: 'TermsNotAccepted', message: '', jamId: 'j1', version: 2 } } };

beforeEach(async () => {
  const db = await database();
  for (const name of ['entries', 'wordings', 'facts'] as const) await db.clear(name);
  await db.put('wordings', { kind: 'support', text: 'mutation { it }' });
  await db.put('wordings', { kind: 'postAnonymousIdea', text: 'mutation { it }' });
  await keepFact('person', 'noa');
});

afterEach(() => void vi.unstubAllGlobals());

it('sends with no page open what waits of whoever is signed in, and of nobody else', async () => {
  const sent = server(() => done);
  await wait('support', 'i1');
  await wait('support', 'i2', 'uri');
  await sendWaiting();
  expect(sent).toEqual(['support i1']);
  expect([(await shelf.of('noa')).length, (await shelf.of('uri')).length]).toEqual([0, 1]);
});

it('sends nothing when nobody is signed in', async () => {
  const sent = server(() => done);
  await wait('support', 'i1');
  await keepFact('person', null);
  await sendWaiting();
  expect(sent).toEqual([]);
});

it('leaves to a page what only a page can send, and what is asked of its person', async () => {
  const sent = server(() => refused);
  await wait('postAnonymousIdea', 'i7');
  await wait('support', 'i1');
  await sendWaiting();
  expect(sent).toEqual(['support i1']);
  expect((await shelf.of('noa')).map((entry) => [entry.kind, entry.state])).toEqual([['postAnonymousIdea', 'waiting'], ['support', 'failed']]);
});

it('asks to be woken again where no answer came, and keeps it', async () => {
  server(() => new TypeError('tunnel'));
  await wait('support', 'i1');
  await expect(sendWaiting()).rejects.toThrow();
  expect((await shelf.of('noa')).map((entry) => [entry.state, entry.attempts])).toEqual([['waiting', 1]]);
});
