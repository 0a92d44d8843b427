import type { Wording } from './database';
import type { Change, Entry, Refusal } from './entry';
import { begun, isToBeSent, nextTime, refused, retried, settled, unanswered } from './rules';
import type { Shelf } from './shelf';
import { deliver, type Answer } from './transport';

/** Why nothing is sent although there is a network: whose turn it is to do something, and when it goes on by itself. */
export interface Trouble {
  is: 'unanswered' | 'stranger' | 'outdated';
  /** By this device's clock, for what goes on by itself. */
  until?: number;
}

/** What a sender tells, and asks of, whoever made it. */
export interface Surroundings {
  isOnline: () => boolean;
  /** False where only a page can send it. */
  can: (entry: Entry) => boolean;
  wording: (kind: string) => Promise<Wording | undefined>;
  changed: (entries: Entry[]) => void;
  done: (entry: Entry, value: any) => void;
  troubled: (trouble: Trouble | null) => void;
  /** True once the terms that the server asks for are accepted. */
  accepts: (rejection: Refusal) => Promise<boolean>;
  /** Runs the work while nobody else on this device runs it. */
  alone: (work: () => Promise<void>) => Promise<void>;
  /** Whether to stay and wait for the network or a better time, or to leave that to somebody else. */
  isPatient: () => boolean;
}

const AT_ONCE = 4;
const FIRST_WAIT_MS = 600;
const LONGEST_WAIT_MS = 30_000;
/** A device that slept may have missed that there is a network again. */
const LOOK_EVERY_MS = 60_000;

/**
 * Sends what waits of one person, in order, each until the server has answered. One sender of a device works at a time. It writes
 * down that a command is under way before it leaves, and takes it away only after its answer: however it is cut off, the next one
 * sends again what may have arrived under the same id, and the server does it once.
 */
export class Sender {
  #underWay = new Map<string, Promise<void>>();
  #isWorking = false;
  #isAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #failures = 0;
  #pausedUntil = 0;
  #halted: Trouble | null = null;
  #wake: () => void = () => undefined;

  constructor(
    private readonly owner: string,
    private readonly shelf: Shelf,
    private readonly around: Surroundings,
  ) {}

  /** There is something to send, or it may go better than before: with `afresh` nothing is waited out. */
  kick(afresh = false): void {
    if (afresh) {
      this.#pausedUntil = 0;
      this.#failures = 0;
      this.#tell(null);
    }
    this.#isAgain = true;
    this.#wake();
    if (!this.#isWorking && !this.#isStopped) void this.work();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#wake();
  }

  /** Work until there is nothing to be done; what is asked for meanwhile included. */
  async work(): Promise<void> {
    this.#isWorking = true;
    try {
      do {
        this.#isAgain = false;
        await this.around.alone(() => this.#drain());
      } while (this.#isAgain && !this.#isStopped);
    } finally {
      this.#isWorking = false;
    }
  }

  async #drain(): Promise<void> {
    while (!this.#isStopped) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      // One moment for both questions, or what becomes due between them would be waited for without an end.
      const now = Date.now();
      const left = await this.#begin(now);
      if (!left.some(isToBeSent)) return;
      if (this.#underWay.size === 0 && (this.#halted?.is === 'stranger' || !this.around.isPatient())) return this.#leave(left, now);
      await this.#until(woken, Math.min(this.#nextTime(left, now) ?? Infinity, now + LOOK_EVERY_MS));
    }
  }

  /** Others may take over meanwhile; this one comes back when the time has come. */
  #leave(left: readonly Entry[], now: number): void {
    const at = this.#halted?.is === 'stranger' ? null : this.#nextTime(left, now);
    clearTimeout(this.#timer);
    if (at !== null) this.#timer = setTimeout(() => this.kick(), Math.max(10, at - Date.now()));
  }

  /** Begin what can be begun; returns what is to be sent, now or later. */
  async #begin(now: number): Promise<Entry[]> {
    const isOpen = this.around.isOnline() && now >= this.#pausedUntil && this.#halted?.is !== 'stranger' && this.#halted?.is !== 'outdated';
    if (!isOpen) return this.shelf.of(this.owner);
    const known = new Set(this.#underWay.keys());
    const left = await this.#change((entries) =>
      begun(entries, { now, underWay: known, room: AT_ONCE - known.size, can: this.around.can }),
    );
    for (const entry of left) if (entry.state === 'sending' && !known.has(entry.id)) this.#send(entry);
    return left.filter(this.around.can);
  }

  #send(entry: Entry): void {
    const sending = this.#sendNow(entry)
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.delete(entry.id);
        this.#wake();
      });
    this.#underWay.set(entry.id, sending);
  }

  async #sendNow(entry: Entry): Promise<void> {
    const wording = await this.around.wording(entry.kind);
    const answer: Answer = wording ? await deliver(entry, wording) : { is: 'outdated' };
    if (this.#isStopped && answer.is !== 'done') return;
    await this.#take(entry, answer);
  }

  async #take(entry: Entry, answer: Answer): Promise<void> {
    const { id } = entry;
    if (answer.is === 'done') return this.#isDone(entry, answer.value);
    if (answer.is === 'refused') return this.#isRefused(entry, answer.rejection);
    if (answer.is === 'broken') return this.#change((entries) => refused(entries, id, { error: answer.words })).then(() => this.#answered());
    const notBefore = answer.is === 'later' ? Date.now() + answer.afterMs : undefined;
    await this.#change((entries) => unanswered(entries, id, notBefore));
    if (answer.is === 'unanswered') this.#pause(answer.afterMs);
    else if (answer.is === 'later') this.#answered();
    else this.#tell({ is: answer.is });
  }

  async #isDone(entry: Entry, value: unknown): Promise<void> {
    this.#answered();
    // Whoever listens writes down what only this device knows before the entry goes.
    this.around.done(entry, value);
    const made = (value as { idea?: { id?: string } } | null)?.idea?.id;
    await this.#change((entries) => settled(entries, entry, made));
  }

  async #isRefused(entry: Entry, rejection: Refusal): Promise<void> {
    this.#answered();
    const isAccepted = rejection.__typename === 'TermsNotAccepted' && (await this.around.accepts(rejection));
    await this.#change((entries) => (isAccepted ? retried(entries, entry.id) : refused(entries, entry.id, { rejection })));
  }

  #answered(): void {
    this.#failures = 0;
    this.#tell(null);
  }

  /** Doubling waits with jitter, so that a crowd that lost the server does not come back all at once. */
  #pause(afterMs: number | null): void {
    this.#failures += 1;
    const own = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    const wait = Math.max(own, afterMs ?? 0) * (afterMs === null ? 0.6 + 0.4 * Math.random() : 1 + 0.2 * Math.random());
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + wait);
    this.#tell({ is: 'unanswered', until: this.#pausedUntil });
  }

  #tell(trouble: Trouble | null): void {
    this.#halted = trouble;
    this.around.troubled(trouble);
  }

  async #change(change: (entries: readonly Entry[]) => Change): Promise<Entry[]> {
    const left = await this.shelf.update(this.owner, change);
    this.around.changed(left);
    return left;
  }

  #nextTime(left: readonly Entry[], now: number): number | null {
    if (this.#pausedUntil > now) return this.#pausedUntil;
    return nextTime(left, now);
  }

  async #until(woken: Promise<void>, at: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(10, at - Date.now()))));
    await Promise.race([woken, waited]);
    clearTimeout(timer);
  }
}
