import { afterEach, expect, it, vi } from 'vitest';
import type { Entry } from './entry';
import { deliver } from './transport';

const entry = { id: 'command-1', owner: 'noa', kind: 'support', input: { ideaId: 'i1' } } as unknown as Entry;
const byHash = { kind: 'support', text: 'mutation { it }', hash: 'abc' };

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

function server(...replies: (Reply | Error)[]): { body: any; headers: Record<string, string> }[] {
  const asked: { body: any; headers: Record<string, string> }[] = [];
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    asked.push({ body: JSON.parse(String(init.body)), headers: init.headers as Record<string, string> });
    const reply = replies.shift() as Reply | Error;
    if (reply instanceof Error) throw reply;
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    return new Response(body, { status: reply.status ?? 200, headers: reply.headers });
  });
  return asked;
}

const error = (code: string, more: object = {}) => ({ errors: [{ message: 'No.', extensions: { code, ...more } }], data: null });
const result = (value: object) => ({ data: { it: value } });

afterEach(() => void vi.unstubAllGlobals());

it('says which command of whom it is, by hash', async () => {
  const asked = server({ body: result({ __typename: 'IdeaSuccess', seq: 7 }) });
  expect(await deliver(entry, byHash)).toEqual({ is: 'done', value: { __typename: 'IdeaSuccess', seq: 7 } });
  expect(asked[0]?.body).toEqual({ extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } }, variables: { input: { ideaId: 'i1', commandId: 'command-1' } } });
  expect([asked[0]?.headers['X-Hothouse-Person'], asked[0]?.headers['X-Hothouse']]).toEqual(['noa', '1']);
});

it('sends the text where the server does not know the hash, under the same id', async () => {
  const asked = server({ status: 400, body: error('PERSISTED_QUERY_NOT_FOUND') }, { body: result({ __typename: 'IdeaSuccess' }) });
  expect((await deliver(entry, byHash)).is).toBe('done');
  expect(asked.map(({ body }) => [body.query, body.variables.input.commandId])).toEqual([[undefined, 'command-1'], ['mutation { it }', 'command-1']]);
});

it.each<[string, Reply | Error, object]>([
  ['no network', new TypeError('x'), { is: 'unanswered', afterMs: null }],
  ['a proxy without a server', { status: 502, body: '<html>' }, { is: 'unanswered', afterMs: null }],
  ['a server that asks for time', { status: 503, headers: { 'retry-after': '7' }, body: error('UNAVAILABLE') }, { is: 'unanswered', afterMs: 7_000 }],
  ['a full server', { status: 503, body: error('OVERLOADED', { retryAfterSeconds: 2.5 }) }, { is: 'unanswered', afterMs: 2_500 }],
  ['the page of a hotel', { status: 200, body: '<html>Sign in to our network</html>' }, { is: 'unanswered', afterMs: null }],
  ['a store that is away', { body: result({ __typename: 'Unavailable', code: 'Unavailable', message: '', retryAfterSeconds: 1 }) }, { is: 'unanswered', afterMs: 1_000 }],
  ['too many requests', { status: 429, headers: { 'retry-after': '3' }, body: error('TOO_MANY') }, { is: 'later', afterMs: 3_000 }],
  ['too many posts', { body: result({ __typename: 'TooMany', code: 'TooMany', message: '', retryAfterSeconds: 40 }) }, { is: 'later', afterMs: 40_000 }],
  ['nobody signed in', { status: 401, body: error('SIGN_IN_REQUIRED') }, { is: 'stranger' }],
  ['nobody signed in, as a refusal', { body: result({ __typename: 'SignInRequired', code: 'SignInRequired', message: '' }) }, { is: 'stranger' }],
  ['somebody else signed in', { status: 409, body: error('ANOTHER_PERSON') }, { is: 'stranger' }],
  ['a server of another build', { status: 400, body: error('DOCUMENT_NOT_TRUSTED') }, { is: 'outdated' }],
  ['a fault of the server', { body: error('INTERNAL') }, { is: 'broken', words: 'No.' }],
])('tells %s from the rest', async (_name, reply, answer) => {
  server(reply);
  expect(await deliver(entry, byHash)).toEqual(answer);
});

it('hands a refusal over as it is', async () => {
  const rejection = { __typename: 'PhaseClosed', code: 'PhaseClosed', message: 'Closed.', closedAt: 5 };
  server({ body: result(rejection) });
  expect(await deliver(entry, byHash)).toEqual({ is: 'refused', rejection });
});
