import { post } from './post';

/** Why the server did not do it; `words` are its own where there are any. */
export type OwnTrouble = 'sign-in-again' | 'too-many' | 'not-confirmed' | 'refused' | 'no-answer';

/** What a route under `/own/` answered. */
export type OwnAnswer<T> = { ok: true; value: T } | { ok: false; trouble: OwnTrouble; words: string | null };

/** A token as it is told once. */
export interface MadeToken {
  id: string;
  name: string;
  scopes: string[];
  expiresAt: number;
  secret: string;
}

/** What an erasure would concern; `obstacle` says why it can't be, `typed` is what confirms it. */
export interface ErasurePreview {
  ideas: number;
  comments: number;
  votes: number;
  jams: number;
  obstacle: string | null;
  typed: string;
}

/** What was removed, and what stays under nobody's name. */
export interface ErasureReport {
  person: string;
  vault: Record<string, number>;
  jams: { votes: number; ideas_kept: number; comments_kept: number; ideas_withdrawn: number; comments_withdrawn: number }[];
}

export const makeToken = (name: string, scopes: readonly string[], days: number): Promise<OwnAnswer<MadeToken>> =>
  ask('/own/tokens', { name, scopes, days }, (response) => response.json());

/** Everything the server keeps about one, as a ZIP archive. */
export const takeArchive = (): Promise<OwnAnswer<Blob>> => ask('/own/data', {}, (response) => response.blob());

export const lookAhead = (): Promise<OwnAnswer<ErasurePreview>> => ask('/own/erasure', {}, (response) => response.json());

/** Erase oneself for good; with `withdraw`, what one wrote as well. */
export const eraseMe = (typed: string, withdraw: boolean): Promise<OwnAnswer<ErasureReport>> =>
  ask('/own/erase', { typed, withdraw }, (response) => response.json());

async function ask<T>(path: string, body: object, read: (response: Response) => Promise<T>): Promise<OwnAnswer<T>> {
  const response = await post(path, body);
  if (!response) return { ok: false, trouble: 'no-answer', words: null };
  try {
    if (response.ok) return { ok: true, value: await read(response) };
    const { code, message } = (await response.json()) as { code?: string; message?: string };
    return { ok: false, trouble: troubleOf(response.status, code), words: message ?? null };
  } catch {
    return { ok: false, trouble: 'no-answer', words: null };
  }
}

function troubleOf(status: number, code: string | undefined): OwnTrouble {
  if (status === 401 || code === 'SignInAgain') return 'sign-in-again';
  if (status === 429) return 'too-many';
  if (status >= 500) return 'no-answer';
  return code === 'NotConfirmed' ? 'not-confirmed' : 'refused';
}

/** Nothing of the person stays on this device: what was typed, kept or waited to be sent. */
export async function clearDevice(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  if (typeof indexedDB === 'undefined' || !indexedDB.databases) return;
  for (const { name } of await indexedDB.databases().catch(() => [])) if (name) indexedDB.deleteDatabase(name);
}
