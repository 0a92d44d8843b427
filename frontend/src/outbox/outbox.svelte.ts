import type { TypedDocumentNode } from '@urql/core';
import type { Rejection } from '../graphql/rejections';
import { signedOut } from '../graphql/signed_out';
import { network } from '../session/online.svelte';
import { termsGate } from '../session/terms_gate.svelte';
import type { Change, Deed, Entry, Note } from './entry';
import { forget, left as leftByOlderPage, takenOver } from './legacy';
import { dependents, isToBeSent, joined, retried, rewritten } from './rules';
import { Sender, type Trouble } from './sender';
import { SafeShelf } from './shelf';
import { alone, Tabs, type Message } from './tabs';
import { Wordings } from './wordings';

type Listener = (entry: Entry, value: any) => void;

/** More about a deed than its input says. */
export interface About extends Note {
  /** The id of the thing that it makes, where that is known. */
  makes?: string;
  /** The command's id, where the deed depends on it. */
  id?: string;
}

const SYNC = 'hothouse-outbox';

/**
 * Everything the viewer did that the server has not answered yet. It stands in the device's database, survives a closed tab and a
 * tunnel, and is sent in order when the network is back, by one tab or by the service worker. What the page shows is the server's
 * state with these laid over it, so nothing is ever undone by hand.
 */
export class Outbox {
  #entries: Entry[] = $state.raw([]);
  /** Not yet safe on the device. */
  #keeping: Entry[] = $state.raw([]);
  #trouble: Trouble | null = $state.raw(null);
  #isInTabOnly = $state(false);
  #owner: string | null = $state(null);
  #sender: Sender | null = null;
  #shelf = new SafeShelf();
  #tabs = new Tabs();
  #wordings = new Wordings();
  #listeners = new Set<Listener>();
  #kept: Promise<void> = Promise.resolve();

  constructor() {
    this.#tabs.listen((message) => this.#hear(message));
    addEventListener('online', () => this.kick());
    document.addEventListener('visibilitychange', () => this.#sender?.kick());
    addEventListener('beforeunload', (event) => this.#isInTabOnly && this.waiting.length > 0 && event.preventDefault());
  }

  /** What the viewer did, oldest first. */
  readonly entries: readonly Entry[] = $derived.by(() => {
    const safe = new Set(this.#entries.map((entry) => entry.id));
    return [...this.#entries, ...this.#keeping.filter((entry) => !safe.has(entry.id))];
  });

  /** What will be sent by itself. */
  readonly waiting: readonly Entry[] = $derived.by(() => this.entries.filter((entry) => entry.state !== 'failed'));

  /** Why nothing is sent, if so. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Whether the browser keeps nothing, or no more: what waits is lost with this tab. */
  get isInTabOnly(): boolean {
    return this.#isInTabOnly;
  }

  /** Name a kind of command, so that an entry of an earlier visit finds its document again. */
  register(kind: string, document: TypedDocumentNode<any, any>): void {
    this.#wordings.add(kind, document);
    this.#sender?.kick();
  }

  /** Called with each entry that the server has done, and the result. Returns how to stop. */
  onDone(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begin for a person: what they left unsent on this device is sent now. */
  async open(personId: string): Promise<void> {
    if (this.#owner === personId) return this.kick();
    this.close();
    this.#owner = personId;
    const sender = this.#senderFor(personId);
    this.#sender = sender;
    await this.#takeOver(personId);
    const entries = await this.#shelf.of(personId);
    if (this.#sender !== sender) return;
    this.#take(entries);
    sender.kick();
  }

  /** Forget the person who left; their unsent entries stay on the device until they come back. */
  close(): void {
    this.#sender?.stop();
    this.#sender = null;
    this.#owner = null;
    this.#entries = [];
    this.#keeping = [];
    this.#trouble = null;
  }

  /** Add a command; it is kept on the device, and sent as soon as may be. */
  add(kind: string, target: string, input: Record<string, any>, { makes, id, ...note }: About = {}): Entry {
    const owner = this.#owner ?? '';
    const deed: Deed = { id: id ?? crypto.randomUUID(), owner, kind, target, input: $state.snapshot(input), note, at: Date.now(), makes };
    const entry: Entry = { ...deed, state: 'keeping', order: Infinity, attempts: 0 };
    this.#keeping = [...this.#keeping, entry];
    if (this.#owner) this.#kept = this.#keep(deed, this.#owner);
    return entry;
  }

  /** Settles when everything added so far is safe on the device, or in this tab where the device keeps nothing. */
  whenSafe(): Promise<void> {
    return this.#kept;
  }

  /** Entries about one thing, oldest first. */
  about(target: string): Entry[] {
    return this.entries.filter((entry) => entry.target === target);
  }

  find(id: string): Entry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  /** Those that are about what an entry makes: they go with it. */
  dependents(id: string): Entry[] {
    return dependents(this.entries, id);
  }

  /** Try everything now that can be tried: the network is back, or its person has asked for it. */
  kick(): void {
    this.#sender?.kick(true);
    if (this.#owner) this.#tabs.tell({ is: 'afresh', owner: this.#owner });
  }

  /** Send a failed entry again, or one that waits for its time. */
  async retry(id: string): Promise<void> {
    await this.#change((entries) => retried(entries, id));
    this.kick();
  }

  /** Word an entry anew that the server has not seen or has refused. */
  async rewrite(id: string, input: Record<string, any>): Promise<void> {
    await this.#change((entries) => rewritten(entries, id, input));
    this.kick();
  }

  /** Give up an entry, and what is about the thing it would have made. */
  async drop(id: string): Promise<void> {
    await this.#change((entries) => ({ drop: [id, ...dependents(entries, id).map((entry) => entry.id)] }));
    this.#sender?.kick();
  }

  /** Give up everything of the viewer on this device. */
  async dropAll(): Promise<void> {
    await this.#change((entries) => ({ drop: entries.map((entry) => entry.id) }));
  }

  /** How much waits on this device of somebody who is not signed in now. */
  async countOf(personId: string): Promise<number> {
    return (await this.#shelf.of(personId)).length;
  }

  #senderFor(owner: string): Sender {
    const isCurrent = () => this.#sender === sender;
    const sender: Sender = new Sender(owner, this.#shelf, {
      isOnline: () => network.isOnline,
      can: (entry) => this.#wordings.get(entry.kind) !== undefined,
      wording: async (kind) => this.#wordings.get(kind),
      changed: (entries) => {
        if (isCurrent()) this.#take(entries);
        this.#tabs.tell({ is: 'changed', owner });
      },
      done: (entry, value) => {
        if (isCurrent()) this.#isDone(entry, value);
        this.#tabs.tell({ is: 'done', owner, entry, value });
      },
      troubled: (trouble) => {
        if (isCurrent()) this.#isTroubled(trouble);
      },
      accepts: async (refusal) => {
        const rejection = refusal as Rejection;
        return rejection.__typename === 'TermsNotAccepted' && termsGate.ask(rejection);
      },
      alone: (work) => alone(work, !document.hidden),
      isPatient: () => !document.hidden,
    });
    return sender;
  }

  async #keep(deed: Deed, owner: string): Promise<void> {
    const entries = await this.#shelf.update(owner, (before) => joined(before, deed));
    this.#keeping = this.#keeping.filter((entry) => entry.id !== deed.id);
    if (this.#owner !== owner) return;
    this.#take(entries);
    this.#tabs.tell({ is: 'added', owner });
    this.#sender?.kick();
    if (!network.isOnline || this.#trouble) void askForSync();
  }

  async #change(change: (entries: readonly Entry[]) => Change): Promise<void> {
    const owner = this.#owner;
    if (!owner) return;
    const entries = await this.#shelf.update(owner, change);
    if (this.#owner === owner) this.#take(entries);
    this.#tabs.tell({ is: 'changed', owner });
  }

  #take(entries: Entry[]): void {
    this.#entries = entries;
    this.#isInTabOnly = this.#shelf.isInTabOnly;
  }

  #isDone(entry: Entry, value: unknown): void {
    for (const listener of this.#listeners) listener(entry, value);
  }

  #isTroubled(trouble: Trouble | null): void {
    this.#trouble = trouble;
    if (trouble?.is === 'unanswered' && this.#entries.some(isToBeSent)) void askForSync();
    if (trouble?.is === 'stranger') signedOut.tell();
  }

  #hear(message: Message): void {
    if (message.owner !== this.#owner) return;
    if (message.is === 'done') this.#isDone(message.entry, message.value);
    else if (message.is === 'afresh') this.#sender?.kick(true);
    else void this.#look(message.owner);
    if (message.is === 'added') this.#sender?.kick();
  }

  async #look(owner: string): Promise<void> {
    const entries = await this.#shelf.of(owner);
    if (this.#owner === owner) this.#take(entries);
  }

  async #takeOver(owner: string): Promise<void> {
    const old = leftByOlderPage(owner);
    if (old.length === 0) return;
    await this.#shelf.update(owner, (entries) => takenOver(entries, old));
    if (!this.#shelf.isInTabOnly) forget(owner);
  }
}

/** Where the browser can: the service worker sends when there is a network, even if no page is open. */
async function askForSync(): Promise<void> {
  try {
    const registration = (await navigator.serviceWorker?.ready) as (ServiceWorkerRegistration & { sync?: { register: (tag: string) => Promise<void> } }) | undefined;
    await registration?.sync?.register(SYNC);
  } catch {
    // Without it the page sends when it is open.
  }
}

export const outbox = new Outbox();
