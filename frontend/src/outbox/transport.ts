import { overloaded } from '../graphql/overloaded';
import type { Wording } from './database';
import type { Entry, Refusal } from './entry';

/**
 * What came of one attempt. `unanswered`: it may or may not have arrived, and nothing else will either just now. `later`: the server
 * asks for patience with this one. `stranger`: it is not its person who is signed in. `outdated`: the page is older than the server.
 */
export type Answer =
  | { is: 'done'; value: any }
  | { is: 'refused'; rejection: Refusal }
  | { is: 'unanswered'; afterMs: number | null }
  | { is: 'later'; afterMs: number }
  | { is: 'stranger' }
  | { is: 'outdated' }
  | { is: 'broken'; words: string };

interface GraphQLError {
  message: string;
  extensions?: { code?: string; retryAfterSeconds?: number };
}

interface Body {
  data?: Record<string, any> | null;
  errors?: GraphQLError[];
}

const PATIENCE_MS = 30_000;
const LATER_MS = 5_000;
const STRANGERS = new Set(['SIGN_IN_REQUIRED', 'ANOTHER_PERSON']);

/** Send a command once. It says whose it is: the server refuses it from the session of anybody else. */
export async function deliver(entry: Entry, wording: Wording): Promise<Answer> {
  const variables = { input: { ...entry.input, commandId: entry.id } };
  const first = await ask(entry.owner, asked(wording, variables));
  const isUnknown = wording.hash !== undefined && first.codes.includes('PERSISTED_QUERY_NOT_FOUND');
  return (isUnknown ? await ask(entry.owner, asked({ text: wording.text }, variables)) : first).answer;
}

function asked({ text, hash }: Pick<Wording, 'text' | 'hash'>, variables: object): object {
  const operationName = /^\s*mutation\s+(\w+)/.exec(text)?.[1];
  const what = hash ? { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } } : { query: text };
  return { operationName, ...what, variables };
}

interface Attempt {
  answer: Answer;
  codes: string[];
}

async function ask(owner: string, body: object): Promise<Attempt> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-Hothouse': '1', 'X-Hothouse-Person': owner },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return judge(response, (await response.json().catch(() => null)) as Body | null);
  } catch {
    return { answer: { is: 'unanswered', afterMs: null }, codes: [] };
  }
}

function judge(response: Response, body: Body | null): Attempt {
  const errors = body?.errors ?? [];
  overloaded.read(errors[0]?.extensions);
  const codes = errors.map((error) => error.extensions?.code ?? '');
  const result = Object.values(body?.data ?? {}).find((value) => value && typeof value === 'object');
  return { answer: result ? judged(result) : failed(response, errors, codes, body === null), codes };
}

function judged(result: Record<string, any>): Answer {
  if (!('code' in result && 'message' in result)) return { is: 'done', value: result };
  const afterMs = Math.max(300, 1000 * (Number(result.retryAfterSeconds) || 0));
  if (result.__typename === 'Unavailable') return { is: 'unanswered', afterMs };
  if (result.__typename === 'TooMany') return { is: 'later', afterMs };
  if (result.__typename === 'SignInRequired') return { is: 'stranger' };
  return { is: 'refused', rejection: result as Refusal };
}

function failed(response: Response, errors: GraphQLError[], codes: string[], isGarbled: boolean): Answer {
  const { status } = response;
  const asks = errors[0]?.extensions?.retryAfterSeconds ?? Number(response.headers.get('retry-after') ?? NaN);
  const afterMs = Number.isFinite(asks) ? 1000 * asks : null;
  if (status === 401 || codes.some((code) => STRANGERS.has(code))) return { is: 'stranger' };
  if (codes.includes('DOCUMENT_NOT_TRUSTED')) return { is: 'outdated' };
  if (status === 429 || codes.includes('TOO_MANY')) return { is: 'later', afterMs: afterMs ?? LATER_MS };
  // What stands between us and the server (a proxy, a hotel's sign-in page) answers with what is not ours.
  if (status >= 500 || codes.includes('UNAVAILABLE') || isGarbled) return { is: 'unanswered', afterMs };
  return { is: 'broken', words: errors[0]?.message ?? '' };
}
