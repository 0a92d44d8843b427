import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Entry } from './entry';

/** How a command is worded to the server: by its hash where the server knows the page's build, else by its text. */
export interface Wording {
  kind: string;
  text: string;
  hash?: string;
}

/** A part of a jam as somebody saw it, to be shown without a network. */
export interface KeptBoard {
  key: string;
  owner: string;
  /** By the server's clock, ms. */
  at: number;
  /** A JSON text: it is written often and read once. */
  board: string;
}

export interface Schema extends DBSchema {
  entries: { key: string; value: Entry; indexes: { owner: string } };
  wordings: { key: string; value: Wording };
  boards: { key: string; value: KeptBoard; indexes: { owner: string } };
  /** `person`: whose device this is now, as the page last knew. */
  facts: { key: string; value: unknown };
}

export type Database = IDBPDatabase<Schema>;

export const NAME = 'hothouse';

let opened: Promise<Database> | null = null;

/** The database of this device, opened when it is first needed. Rejects where the browser keeps nothing. */
export function database(): Promise<Database> {
  opened ??= open().catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

function open(): Promise<Database> {
  return openDB<Schema>(NAME, 1, {
    upgrade(db) {
      db.createObjectStore('entries', { keyPath: 'id' }).createIndex('owner', 'owner');
      db.createObjectStore('wordings', { keyPath: 'kind' });
      db.createObjectStore('boards', { keyPath: 'key' }).createIndex('owner', 'owner');
      db.createObjectStore('facts');
    },
    // Someone wants to delete it (an erasure) or has a newer page: they must not wait for this one.
    blocking: (_old, _new, event) => {
      opened = null;
      (event.target as IDBDatabase).close();
    },
    terminated: () => (opened = null),
  });
}

/** Keep a fact; where nothing can be kept, nothing happens. */
export async function keepFact(name: string, value: unknown): Promise<void> {
  try {
    const db = await database();
    if (value === null) await db.delete('facts', name);
    else await db.put('facts', value, name);
  } catch {
    // Nothing depends on it: without a network nothing is shown then.
  }
}

/** A fact that was kept, or null. */
export async function keptFact<T>(name: string): Promise<T | null> {
  try {
    return ((await (await database()).get('facts', name)) as T | undefined) ?? null;
  } catch {
    return null;
  }
}
