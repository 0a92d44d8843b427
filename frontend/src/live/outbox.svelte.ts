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
  #prefix: string | null = null;

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
    if (this.#prefix === prefixOf(personId)) return;
    this.#prefix = prefixOf(personId);
    this.#entries = stored(this.#prefix);
    this.#next();
  }

  /** Forget the person who left; their unsent entries stay on the device until they come back. */
  close(): void {
    this.#prefix = null;
    this.#entries = [];
  }

  /** Add a command; it is sent as soon as may be. */
  add(kind: string, target: string, input: Record<string, any>): Entry {
    const entry: Entry = { id: crypto.randomUUID(), kind, target, input, state: 'waiting', at: Date.now() };
    this.#entries.push(entry);
    this.#keep(entry);
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
    this.#forget(entry.id);
    if (entry.rejection) entry.id = crypto.randomUUID();
    entry.state = 'waiting';
    delete entry.rejection;
    delete entry.error;
    this.#keep(entry);
    this.#next();
  }

  /** Give up an entry that failed. */
  drop(id: string): void {
    this.#remove(id);
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
    const prefix = this.#prefix;
    entry.state = 'sending';
    const input = { ...$state.snapshot(entry.input), commandId: entry.id };
    try {
      await network.whenOnline();
      const outcome = await send(this.#documents.get(entry.kind) as Document, input);
      if (prefix !== this.#prefix) return;
      if (outcome.ok) this.#done(entry, outcome.value);
      else this.#failed(entry, { rejection: outcome.rejection });
    } catch (error) {
      if (prefix === this.#prefix) this.#failed(entry, { error: error instanceof RequestFailed ? error.message : String(error) });
    }
    this.#next();
  }

  #done(entry: Entry, value: unknown): void {
    for (const listener of this.#listeners) listener(entry, value);
    this.#remove(entry.id);
  }

  #failed(entry: Entry, why: { rejection?: Rejection; error?: string }): void {
    Object.assign(entry, why);
    entry.state = 'failed';
    this.#keep(entry);
  }

  #remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#forget(id);
  }

  /** Each entry has a place of its own, so that two windows of one person don't write over each other. */
  #keep(entry: Entry): void {
    if (this.#prefix) localStorage.setItem(this.#prefix + entry.id, JSON.stringify(entry));
  }

  #forget(id: string): void {
    if (this.#prefix) localStorage.removeItem(this.#prefix + id);
  }
}

function prefixOf(personId: string): string {
  return `hothouse.outbox.${personId}.`;
}

/** What an earlier visit left, oldest first: what was under way then may or may not have arrived, and is sent again under its id. */
function stored(prefix: string): Entry[] {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return keys.flatMap((key) => readEntry(localStorage.getItem(key))).sort((a, b) => a.at - b.at);
}

function readEntry(text: string | null): Entry[] {
  try {
    const entry = JSON.parse(text ?? 'null') as Entry | null;
    if (!entry) return [];
    return [entry.state === 'sending' ? { ...entry, state: 'waiting' } : entry];
  } catch {
    return [];
  }
}

export const outbox = new Outbox();
