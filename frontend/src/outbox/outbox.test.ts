import 'fake-indexeddb/auto';
import { IDBObjectStore } from 'fake-indexeddb';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushSync } from 'svelte';
import { database } from './database';
import type { Entry } from './entry';
import { Outbox } from './outbox.svelte';
import { DeviceShelf } from './shelf';

const documents: Record<string, any> = {
  support: parse('mutation Support($input: IdeaInput!) { supportIdea(input: $input) { __typename } }'),
  withdrawSupport: parse('mutation Withdraw($input: IdeaInput!) { withdrawSupport(input: $input) { __typename } }'),
  postIdea: parse('mutation Post($input: PostIdeaInput!) { postIdea(input: $input) { __typename } }'),
  postComment: parse('mutation Comment($input: PostCommentInput!) { postComment(input: $input) { __typename } }'),
};

const done = (id = 'i1') => ({ data: { it: { __typename: 'IdeaSuccess', idea: { id } } } });
const refused = (code: string, more: object = {}) => ({ data: { it: { __typename: code, code, message: 'No.', ...more } } });

interface Sent {
  person: string;
  commandId: string;
  input: Record<string, any>;
}

type Reply = object | Error | Promise<object>;

/** The network: each answer is a body, or an error for one that never came back. Keeps what was asked, and by whom. */
function network(answer: (sent: Sent, nth: number) => Reply): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    const { commandId, ...input } = (JSON.parse(String(init.body)) as any).variables.input;
    const one = { person: (init.headers as Record<string, string>)['X-Hothouse-Person'] ?? '', commandId, input };
    sent.push(one);
    const body = await answer(one, sent.length);
    if (body instanceof Error) throw body;
    const status = (body as { status?: number }).status ?? 200;
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  });
  return sent;
}

/** Browsers have locks, the tests' stand-in for a browser has none: whoever comes waits for those before. */
function locks() {
  let last = Promise.resolve();
  let held = 0;
  return {
    request: async (_name: string, { ifAvailable }: { ifAvailable: boolean }, work: (lock: object | null) => Promise<void>) => {
      if (ifAvailable && held > 0) return work(null);
      held += 1;
      const before = last;
      let free: () => void = () => undefined;
      last = new Promise((resolve) => (free = resolve));
      await before;
      try {
        await work({});
      } finally {
        held -= 1;
        free();
      }
    },
  };
}

const opened: Outbox[] = [];

/** A tab in which someone is signed in; `reads` is what it can send. */
async function tab(person = 'noa', reads: string[] = Object.keys(documents)): Promise<Outbox> {
  const outbox = new Outbox();
  opened.push(outbox);
  for (const kind of reads) outbox.register(kind, documents[kind]);
  await outbox.open(person);
  return outbox;
}

const onDevice = async (person = 'noa'): Promise<Entry[]> => new DeviceShelf().of(person);
const until = (holds: () => unknown) => vi.waitFor(async () => expect(await holds()).toBeTruthy(), { timeout: 4_000, interval: 10 });
const offline = (isOff: boolean) => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(!isOff);
  window.dispatchEvent(new Event(isOff ? 'offline' : 'online'));
};

beforeEach(async () => {
  Object.defineProperty(navigator, 'locks', { value: locks(), configurable: true });
  const db = await database();
  for (const name of ['entries', 'wordings', 'boards', 'facts'] as const) await db.clear(name);
});

afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close();
  offline(false);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'locks');
});

describe('Outbox', () => {
  it('tells what was done, once, and keeps nothing', async () => {
    const sent = network(() => done());
    const outbox = await tab();
    const heard: string[] = [];
    outbox.onDone((entry, value) => void heard.push(`${entry.kind} ${value.idea.id}`));
    const { id } = outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => outbox.entries.length === 0);
    expect([heard, sent.map((one) => one.commandId), await onDevice()]).toEqual([['support i1'], [id], []]);
  });

  it('says that it waits only when it is safe on the device', async () => {
    offline(true);
    const outbox = await tab();
    const entry = outbox.add('postIdea', 'i7', { title: 'Light' });
    expect(outbox.find(entry.id)?.state).toBe('keeping');
    await until(() => outbox.find(entry.id)?.state === 'waiting');
    expect((await onDevice()).map(({ id, owner, input }) => [id, owner, input])).toEqual([[entry.id, 'noa', { title: 'Light' }]]);
  });

  it('writes down that it is under way before the first byte leaves', async () => {
    const seen: [string, number][] = [];
    network(async () => {
      const [entry] = await onDevice();
      seen.push([entry?.state ?? '', entry?.attempts ?? 0]);
      return done();
    });
    const outbox = await tab();
    outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => seen.length > 0 && outbox.entries.length === 0);
    expect(seen).toEqual([['sending', 1]]);
  });

  it('sends again under the same id until an answer comes back', async () => {
    const replies: Reply[] = [new TypeError('tunnel'), { status: 502 }, refused('Unavailable', { retryAfterSeconds: 0.1 }), done()];
    const sent = network((_sent, nth) => replies[nth - 1] as Reply);
    const outbox = await tab();
    const { id } = outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => outbox.trouble?.is === 'unanswered');
    for (const count of [2, 3, 4]) {
      outbox.kick();
      await until(() => sent.length === count);
    }
    await until(() => outbox.entries.length === 0);
    expect(new Set(sent.map((one) => one.commandId))).toEqual(new Set([id]));
  });

  it('tries again by itself, after a while that grows', async () => {
    const sent = network((_sent, nth) => (nth < 3 ? new TypeError('tunnel') : done()));
    const outbox = await tab();
    outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => sent.length === 3 && outbox.entries.length === 0);
    expect(outbox.trouble).toBeNull();
  });

  it('sends what was kept offline when the network is back, in order, what follows upon a post behind it', async () => {
    offline(true);
    const sent = network(() => done('i7'));
    const outbox = await tab();
    outbox.add('postIdea', 'i7', { title: 'Light' }, { makes: 'i7' });
    outbox.add('postComment', 'n7', { ideaId: 'i7', body: 'More' });
    outbox.add('support', 'i1', { ideaId: 'i1' });
    outbox.add('withdrawSupport', 'i1', { ideaId: 'i1' });
    await until(() => outbox.entries.every((entry) => entry.state === 'waiting'));
    expect(sent).toEqual([]);
    offline(false);
    await until(() => outbox.entries.length === 0);
    expect(sent.map((one) => one.input)).toEqual([{ title: 'Light' }, { ideaId: 'i7', body: 'More' }]);
  });

  it('takes up what a closed tab left, under the same ids, what had been under way included', async () => {
    const sent = network((_one, nth) => (nth === 1 ? new Promise<object>(() => undefined) : done()));
    const before = await tab();
    const { id } = before.add('support', 'i1', { ideaId: 'i1' });
    await until(() => sent.length === 1);
    // The tab is gone in the middle of it: its lock with it, and nothing was told to anybody.
    Object.defineProperty(navigator, 'locks', { value: locks(), configurable: true });
    const later = await tab();
    await until(() => later.entries.length === 0 && sent.length === 2);
    expect(sent.map((one) => one.commandId)).toEqual([id, id]);
    expect(await onDevice()).toEqual([]);
  });

  it('keeps a refused entry with its reason until its person decides', async () => {
    const sent = network((_one, nth) => (nth === 1 ? refused('Locked') : done()));
    const outbox = await tab();
    const { id } = outbox.add('postIdea', 'i7', { title: 'Light', topicId: 't1' });
    await until(() => outbox.find(id)?.state === 'failed');
    expect((await onDevice())[0]?.rejection?.code).toBe('Locked');
    await outbox.rewrite(id, { topicId: 't2' });
    await until(() => outbox.entries.length === 0);
    expect(sent.map((one) => [one.commandId, one.input.topicId])).toEqual([[id, 't1'], [id, 't2']]);
  });

  it('waits as long as the jam asks for this one, and goes on with the others', async () => {
    const sent = network((one) => (one.input.body === 'quick' ? refused('TooMany', { retryAfterSeconds: 60 }) : done()));
    const outbox = await tab();
    const { id } = outbox.add('postComment', 'n1', { ideaId: 'i1', body: 'quick' });
    await until(() => outbox.find(id)?.notBefore);
    outbox.add('support', 'i2', { ideaId: 'i2' });
    await until(() => outbox.entries.length === 1);
    const left = outbox.find(id) as Entry;
    expect([left.state, Math.round(((left.notBefore ?? 0) - Date.now()) / 10_000)]).toEqual(['waiting', 6]);
    expect(sent).toHaveLength(2);
  });

  it('keeps everything when the session has ended, and sends nothing more', async () => {
    const sent = network(() => ({ status: 401, errors: [{ message: 'Sign in.', extensions: { code: 'SIGN_IN_REQUIRED' } }] }));
    const outbox = await tab();
    outbox.add('postIdea', 'i7', { title: 'Light' });
    await until(() => outbox.trouble?.is === 'stranger');
    outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => outbox.entries.every((entry) => entry.state === 'waiting') && outbox.entries.length === 2);
    expect([sent.length, (await onDevice()).length]).toEqual([1, 2]);
  });

  it('gives up with a post what was written upon it', async () => {
    offline(true);
    const outbox = await tab();
    const { id } = outbox.add('postIdea', 'i7', { title: 'Light' }, { makes: 'i7' });
    outbox.add('postComment', 'n7', { ideaId: 'i7', body: 'More' });
    await until(() => outbox.entries.every((entry) => entry.state === 'waiting'));
    await outbox.drop(id);
    expect(await onDevice()).toEqual([]);
  });
});

describe('several tabs', () => {
  it('share one queue, of which each thing is sent once, and all hear of it', async () => {
    const sent = network(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return done();
    });
    const tabs = [await tab(), await tab(), await tab()];
    const heard = tabs.map(() => 0);
    tabs.forEach((outbox, at) => outbox.onDone(() => void (heard[at] = (heard[at] ?? 0) + 1)));
    for (let n = 0; n < 12; n += 1) tabs[n % 3]?.add('support', `i${n}`, { ideaId: `i${n}` });
    await until(async () => (await onDevice()).length === 0 && heard.every((count) => count === 12));
    expect(sent).toHaveLength(12);
    expect(new Set(sent.map((one) => one.commandId)).size).toBe(12);
    await until(() => tabs.every((outbox) => outbox.entries.length === 0));
  });

  it('take back in one what was done in another', async () => {
    offline(true);
    const [one, two] = [await tab(), await tab()];
    one.add('support', 'i1', { ideaId: 'i1' });
    await until(() => two.entries.length === 1);
    two.add('withdrawSupport', 'i1', { ideaId: 'i1' });
    await until(() => one.entries.length === 0 && two.entries.length === 0);
    expect(await onDevice()).toEqual([]);
  });
});

describe('another person on the device', () => {
  it('neither sees nor sends it, and its person finds it again', async () => {
    offline(true);
    const sent = network(() => done());
    const outbox = await tab('noa');
    outbox.add('postIdea', 'i7', { title: 'Light' });
    await until(() => outbox.entries[0]?.state === 'waiting');
    await outbox.open('uri');
    offline(false);
    outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => outbox.entries.length === 0);
    expect(sent.map((one) => one.person)).toEqual(['uri']);
    await outbox.open('noa');
    await until(() => outbox.entries.length === 0 && sent.length === 2);
    expect(sent.map((one) => [one.person, one.input])).toEqual([['uri', { ideaId: 'i1' }], ['noa', { title: 'Light' }]]);
  });
});

describe('a browser that keeps nothing', () => {
  it('holds it in the tab and says so', async () => {
    offline(true);
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const sent = network(() => done());
    const outbox = await tab();
    outbox.add('postIdea', 'i7', { title: 'Light' });
    await until(() => outbox.entries[0]?.state === 'waiting');
    expect(outbox.isInTabOnly).toBe(true);
    offline(false);
    await until(() => outbox.entries.length === 0);
    expect(sent.map((one) => one.input)).toEqual([{ title: 'Light' }]);
  });

  it('keeps what was on the device before it was full, and sends both', async () => {
    offline(true);
    const sent = network(() => done());
    const outbox = await tab();
    outbox.add('support', 'i1', { ideaId: 'i1' });
    await until(() => outbox.entries[0]?.state === 'waiting');
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    outbox.add('support', 'i2', { ideaId: 'i2' });
    await until(() => outbox.entries.length === 2 && outbox.entries.every((entry) => entry.state === 'waiting'));
    offline(false);
    await until(() => outbox.entries.length === 0);
    expect([sent.map((one) => one.input.ideaId).sort(), await onDevice()]).toEqual([['i1', 'i2'], []]);
  });
});

describe('the queue of an older page', () => {
  const old = (id: string, at: number, more: object = {}) =>
    localStorage.setItem(`hothouse.outbox.noa.${id}`, JSON.stringify({ id, kind: 'support', target: id, input: { ideaId: id }, state: 'sending', at, ...more }));

  it('is taken over once, in its order and under its ids', async () => {
    old('b', 2);
    old('a', 1);
    localStorage.setItem('hothouse.outbox.noa.broken', '{');
    const sent = network((_one, nth) => (nth <= 2 ? new TypeError('tunnel') : done()));
    offline(true);
    const outbox = await tab();
    flushSync();
    expect(outbox.entries.map((entry) => [entry.id, entry.state, entry.attempts])).toEqual([['a', 'waiting', 1], ['b', 'waiting', 1]]);
    expect(Object.keys(localStorage)).toEqual([]);
    await outbox.open('uri');
    expect(outbox.entries).toEqual([]);
    expect(sent).toEqual([]);
  });
});
