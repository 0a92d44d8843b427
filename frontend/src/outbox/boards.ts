import { database, type KeptBoard } from './database';

const MOST_BOARDS = 3;

/** Keep what somebody saw of a jam, the newest few; where nothing can be kept, nothing happens. */
export async function keepBoard(board: KeptBoard): Promise<void> {
  try {
    const { store, done } = (await database()).transaction('boards', 'readwrite');
    const others = (await store.index('owner').getAll(board.owner)).filter((other) => other.key !== board.key);
    const old = others.sort((a, b) => b.at - a.at).slice(MOST_BOARDS - 1);
    for (const { key } of old) void store.delete(key).catch(() => undefined);
    void store.put(board).catch(() => undefined);
    await done;
  } catch {
    // The next start without a network shows nothing then.
  }
}

/** What was kept under a key, for whom it was kept only. */
export async function keptBoard(key: string, owner: string): Promise<KeptBoard | null> {
  try {
    const board = await (await database()).get('boards', key);
    return board?.owner === owner ? board : null;
  } catch {
    return null;
  }
}

/** Nothing stays on this device of what anybody saw, except what one person did. */
export async function forgetBoards(except: string | null = null): Promise<void> {
  try {
    const { store, done } = (await database()).transaction('boards', 'readwrite');
    for (const { key, owner } of await store.getAll()) if (owner !== except) void store.delete(key).catch(() => undefined);
    await done;
  } catch {
    // Nothing was kept.
  }
}
