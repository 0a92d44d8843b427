import type { TypedDocumentNode } from '@urql/core';
import { network } from '../session/online.svelte';
import { RequestFailed } from '../graphql/failures';
import type { Rejection } from '../graphql/rejections';
import { send } from '../graphql/send';

export type EntryState = 'sending' | 'waiting' | 'failed';

/** A command on its way: kept on the device until the server has answered. */
export interface Entry {
  /** The commandId: the server does it once, however often it is sent. */
  id: string;
  kind: string;
  /** The thing it is about: two commands about one thing are sent one after the other. */
  target: string;
  input: Record<string, any>;
  state: EntryState;
  rejection?: Rejection;
  error?: string;
  at: number;
}

type Document = TypedDocumentNode<any, any>;
type Listener = (entry: Entry, value: any) => void;

const AT_ONCE = 4;

/**
 * Everything the viewer did that the server has not answered yet. It survives a reload and a tunnel, and is sent in order
 * when the network is back. What the page shows is the server's state with these laid over it, so nothing is ever undone by hand.
 */
export class Outbox {
  #entries: Entry[] = $state([]);
  #documents = new Map<string, Document>();
  #listeners = new Set<Listener>();
  #key: string | null = null;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Name a kind of command, so that an entry of an earlier visit finds its document again. */
  register(kind: string, document: Document): void {
    this.#documents.set(kind, document);
    this.#next();
  }

  /** Called with each entry that the server has done, and the result. Returns how to stop. */
  onDone(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begin for a person: what they left unsent on this device is sent now. */
  open(personId: string): void {
    if (this.#key === keyOf(personId)) return;
    this.#key = keyOf(personId);
    this.#entries = stored(this.#key);
    this.#next();
  }

  /** Forget the person who left; their unsent entries stay on the device until they come back. */
  close(): void {
    this.#key = null;
    this.#entries = [];
  }

  /** Add a command; it is sent as soon as may be. */
  add(kind: string, target: string, input: Record<string, any>): Entry {
    const entry: Entry = { id: crypto.randomUUID(), kind, target, input, state: 'waiting', at: Date.now() };
    this.#entries.push(entry);
    this.#save();
    this.#next();
    return this.#entries.at(-1) as Entry;
  }

  /** Entries about one thing, oldest first. */
  about(target: string): Entry[] {
    return this.#entries.filter((entry) => entry.target === target);
  }

  /** Send a failed entry again: as a new decision if it was refused, as the same one if no answer came. */
  retry(id: string): void {
    const entry = this.#find(id);
    if (!entry) return;
    if (entry.rejection) entry.id = crypto.randomUUID();
    entry.state = 'waiting';
    delete entry.rejection;
    delete entry.error;
    this.#save();
    this.#next();
  }

  /** Give up an entry that failed. */
  drop(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#save();
    this.#next();
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #next(): void {
    for (const entry of this.#ready()) void this.#send(entry);
  }

  /** Waiting entries whose thing has nothing before them, as many as may be under way at once. */
  #ready(): Entry[] {
    const sending = this.#entries.filter((entry) => entry.state === 'sending');
    const busy = new Set(sending.map((entry) => entry.target));
    const ready: Entry[] = [];
    for (const entry of this.#entries) {
      if (entry.state === 'failed') continue;
      if (sending.length + ready.length >= AT_ONCE) break;
      if (!busy.has(entry.target) && entry.state === 'waiting' && this.#documents.has(entry.kind)) ready.push(entry);
      busy.add(entry.target);
    }
    return ready;
  }

  async #send(entry: Entry): Promise<void> {
    const key = this.#key;
    entry.state = 'sending';
    const input = { ...$state.snapshot(entry.input), commandId: entry.id };
    try {
      await network.whenOnline();
      const outcome = await send(this.#documents.get(entry.kind) as Document, input);
      if (key !== this.#key) return;
      if (outcome.ok) this.#done(entry, outcome.value);
      else this.#failed(entry, { rejection: outcome.rejection });
    } catch (error) {
      if (key === this.#key) this.#failed(entry, { error: error instanceof RequestFailed ? error.message : String(error) });
    }
    this.#next();
  }

  #done(entry: Entry, value: unknown): void {
    for (const listener of this.#listeners) listener(entry, value);
    this.#entries = this.#entries.filter((other) => other.id !== entry.id);
    this.#save();
  }

  #failed(entry: Entry, why: { rejection?: Rejection; error?: string }): void {
    Object.assign(entry, why);
    entry.state = 'failed';
    this.#save();
  }

  #save(): void {
    if (!this.#key) return;
    if (this.#entries.length === 0) localStorage.removeItem(this.#key);
    else localStorage.setItem(this.#key, JSON.stringify(this.#entries));
  }
}

function keyOf(personId: string): string {
  return `hothouse.outbox.${personId}`;
}

/** What an earlier visit left: what was under way then may or may not have arrived, and is sent again under its id. */
function stored(key: string): Entry[] {
  try {
    const entries = JSON.parse(localStorage.getItem(key) ?? '[]') as Entry[];
    return entries.map((entry) => (entry.state === 'sending' ? { ...entry, state: 'waiting' } : entry));
  } catch {
    return [];
  }
}

export const outbox = new Outbox();
