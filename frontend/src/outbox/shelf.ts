import { database } from './database';
import type { Change, Entry } from './entry';

/** Where entries stand until they are sent. */
export interface Shelf {
  /** What a person has there, in order. */
  of(owner: string): Promise<Entry[]>;
  /** Change what a person has there in one step, which nobody else comes between; returns what is there afterwards. */
  update(owner: string, change: (entries: readonly Entry[]) => Change): Promise<Entry[]>;
}

const inOrder = (a: Entry, b: Entry): number => a.order - b.order;

/** What a change leaves of the entries. */
export function after(entries: readonly Entry[], { put = [], drop = [] }: Change): Entry[] {
  const gone = new Set([...drop, ...put.map((entry) => entry.id)]);
  return [...entries.filter((entry) => !gone.has(entry.id)), ...put].sort(inOrder);
}

/** On the device: it is there when `update` has settled, whatever happens to the page or the browser afterwards. */
export class DeviceShelf implements Shelf {
  async of(owner: string): Promise<Entry[]> {
    return (await (await database()).getAllFromIndex('entries', 'owner', owner)).sort(inOrder);
  }

  async update(owner: string, change: (entries: readonly Entry[]) => Change): Promise<Entry[]> {
    const transaction = (await database()).transaction('entries', 'readwrite', { durability: 'strict' });
    const entries = (await transaction.store.index('owner').getAll(owner)).sort(inOrder);
    const made = change(entries);
    for (const id of made.drop ?? []) void transaction.store.delete(id).catch(() => undefined);
    for (const entry of made.put ?? []) void transaction.store.put(entry).catch(() => undefined);
    await transaction.done;
    return after(entries, made);
  }
}

/** In this tab only, for browsers that keep nothing: it is gone with the tab, so the page says that. */
export class TabShelf implements Shelf {
  #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  async of(owner: string): Promise<Entry[]> {
    return this.#entries.filter((entry) => entry.owner === owner);
  }

  async update(owner: string, change: (entries: readonly Entry[]) => Change): Promise<Entry[]> {
    const own = await this.of(owner);
    const left = after(own, change(own));
    this.#entries = [...this.#entries.filter((entry) => entry.owner !== owner), ...left];
    return left;
  }
}

/** The device's shelf, and this tab's for what the device has no room for. */
export class SafeShelf implements Shelf {
  #tab = new TabShelf();
  #isBroken = false;

  constructor(private readonly device: Shelf = new DeviceShelf()) {}

  /** Whether something would be lost with this tab. */
  get isInTabOnly(): boolean {
    return this.#isBroken || this.#tab.size > 0;
  }

  async of(owner: string): Promise<Entry[]> {
    return [...(await this.#onDevice(owner)), ...(await this.#tab.of(owner))].sort(inOrder);
  }

  async update(owner: string, change: (entries: readonly Entry[]) => Change): Promise<Entry[]> {
    const inTab = await this.#tab.of(owner);
    let made: Change = {};
    try {
      const onDevice = await this.device.update(owner, (entries) => {
        made = change(after(entries, { put: inTab }));
        return { put: putOf(made, (id) => !isIn(inTab, id)), drop: made.drop };
      });
      this.#isBroken = false;
      const left = await this.#tab.update(owner, () => ({ put: putOf(made, (id) => isIn(inTab, id)), drop: made.drop }));
      return after(onDevice, { put: left });
    } catch {
      return this.#inTab(owner, change);
    }
  }

  /** The device has no room, or keeps nothing at all: what is to be written is written here. */
  async #inTab(owner: string, change: (entries: readonly Entry[]) => Change): Promise<Entry[]> {
    const onDevice = await this.#onDevice(owner);
    const all = after(onDevice, { put: await this.#tab.of(owner) });
    const made = change(all);
    const inTab = await this.#tab.update(owner, () => made);
    // Taking away needs no room, so it may succeed where writing did not.
    await this.device.update(owner, () => ({ drop: made.drop })).catch(() => undefined);
    return after(after(onDevice, { drop: made.drop }), { put: inTab });
  }

  async #onDevice(owner: string): Promise<Entry[]> {
    try {
      const entries = await this.device.of(owner);
      this.#isBroken = false;
      return entries;
    } catch {
      this.#isBroken = true;
      return [];
    }
  }
}

const isIn = (entries: readonly Entry[], id: string): boolean => entries.some((entry) => entry.id === id);

const putOf = ({ put = [] }: Change, has: (id: string) => boolean): Entry[] => put.filter((entry) => has(entry.id));
