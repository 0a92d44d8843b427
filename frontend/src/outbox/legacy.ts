import type { Change, Entry } from './entry';

const PREFIX = 'hothouse.outbox.';

/** Where entries stood before they had a database: each under a key of its own. */
const prefixOf = (owner: string): string => `${PREFIX}${owner}.`;

/** What an older page left unsent of a person, oldest first; it may or may not have arrived. */
export function left(owner: string): Entry[] {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefixOf(owner)));
  const entries = keys.flatMap((key) => read(localStorage.getItem(key)));
  return entries.sort((a, b) => a.at - b.at).map((entry, at) => ({ ...entry, owner, note: {}, attempts: 1, order: at + 1 }));
}

/** They stand before what came since. What is there already under its id stays as it is. */
export function takenOver(entries: readonly Entry[], old: readonly Entry[]): Change {
  const known = new Set(entries.map((entry) => entry.id));
  const put = old.filter((entry) => !known.has(entry.id));
  return { put: [...put, ...entries.map((entry) => ({ ...entry, order: entry.order + put.length }))] };
}

export function forget(owner: string): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefixOf(owner))) localStorage.removeItem(key);
}

function read(text: string | null): Entry[] {
  try {
    const entry = JSON.parse(text ?? 'null') as Entry | null;
    if (!entry || typeof entry.id !== 'string' || typeof entry.kind !== 'string') return [];
    return [{ ...entry, state: entry.state === 'failed' ? 'failed' : 'waiting' }];
  } catch {
    return [];
  }
}
