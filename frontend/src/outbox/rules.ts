import type { Change, Deed, Entry } from './entry';

/** Commands that take each other back: before either was sent, both together are nothing. */
const OPPOSITES: Record<string, string> = { support: 'withdrawSupport', withdrawSupport: 'support', like: 'withdrawLike', withdrawLike: 'like' };

/** Commands of which only the last about a thing matters. */
const REPLACING = new Set(['editIdea', 'editComment', 'editAnonymousIdea', 'fileReport']);

/** Fields of an input that name other things. */
const REFERENCES = ['ideaId', 'parentId', 'targetId', 'commentId'];

/** Whether the server can't have seen it: then it may be changed or taken away as if it had never been. */
export function isUntouched(entry: Entry): boolean {
  return entry.attempts === 0 || (entry.state === 'failed' && entry.rejection !== undefined);
}

/**
 * A new deed joins the queue. What takes back an unsent one cancels it; the same decision once more changes nothing; a later
 * wording takes the place of an unsent one; all else stands at the end.
 */
export function joined(entries: readonly Entry[], deed: Deed): Change {
  const before = entries.filter((entry) => entry.target === deed.target);
  if (deed.kind in OPPOSITES) return switched(entries, before, deed);
  if (REPLACING.has(deed.kind)) return reworded(entries, before, deed);
  return { put: [placed(entries, deed)] };
}

function switched(entries: readonly Entry[], before: readonly Entry[], deed: Deed): Change {
  const refused = before.filter((entry) => isOfSwitch(entry, deed) && entry.state === 'failed').map((entry) => entry.id);
  const last = before.findLast((entry) => isOfSwitch(entry, deed) && entry.state !== 'failed');
  if (last?.kind === deed.kind) return { drop: refused };
  if (last && isUntouched(last)) return { drop: [...refused, last.id] };
  return { put: [placed(entries, deed)], drop: refused };
}

const isOfSwitch = (entry: Entry, deed: Deed): boolean => entry.kind === deed.kind || entry.kind === OPPOSITES[deed.kind];

function reworded(entries: readonly Entry[], before: readonly Entry[], deed: Deed): Change {
  const last = before.findLast((entry) => entry.kind === deed.kind);
  if (!last) return { put: [placed(entries, deed)] };
  const base = last.input.baseVersion;
  if (isUntouched(last)) {
    const input = base === undefined || last.state === 'failed' ? deed.input : { ...deed.input, baseVersion: base };
    return { put: [placed(entries, { ...deed, input })], drop: [last.id] };
  }
  // What is under way makes a version that this one is written upon.
  const input = base === undefined ? deed.input : { ...deed.input, baseVersion: base + 1 };
  return { put: [placed(entries, { ...deed, input })] };
}

function placed(entries: readonly Entry[], deed: Deed): Entry {
  const order = Math.max(0, ...entries.map((entry) => entry.order)) + 1;
  return { ...deed, state: 'waiting', order, attempts: 0 };
}

/** Whether one has to wait until the other is done: it is about the same thing, or about what the other makes. */
export function waitsFor(entry: Entry, earlier: Entry): boolean {
  if (earlier.order >= entry.order) return false;
  if (earlier.makes !== undefined && namesOf(entry).includes(earlier.makes)) return true;
  return earlier.target === entry.target && earlier.state !== 'failed';
}

function namesOf({ input }: Entry): unknown[] {
  return [...REFERENCES.map((field) => input[field]), ...((input.parentIds as string[] | undefined) ?? [])];
}

export interface Moment {
  now: number;
  /** Ids of what is under way. */
  underWay: ReadonlySet<string>;
  /** How many more may be under way at once. */
  room: number;
  can: (entry: Entry) => boolean;
}

/** What may be sent now: nothing that it needs is before it, and the server has not asked for patience. */
export function ready(entries: readonly Entry[], { now, underWay, room, can }: Moment): Entry[] {
  const free = entries.filter(
    (entry) =>
      isToBeSent(entry) &&
      !underWay.has(entry.id) &&
      (entry.notBefore ?? 0) <= now &&
      can(entry) &&
      !entries.some((earlier) => waitsFor(entry, earlier)),
  );
  return free.slice(0, Math.max(0, room));
}

/** What was under way when a page was closed is sent again under its id: it may or may not have arrived. */
export function isToBeSent(entry: Entry): boolean {
  return entry.state === 'waiting' || entry.state === 'sending';
}

/** The ready ones as they are written down before the first byte of them leaves. */
export function begun(entries: readonly Entry[], moment: Moment): Change {
  return { put: ready(entries, moment).map((entry) => ({ ...entry, state: 'sending', attempts: entry.attempts + 1, notBefore: undefined })) };
}

/** When the first of those that the server put off may be sent; null where nothing is put off. */
export function nextTime(entries: readonly Entry[], now: number): number | null {
  const times = entries.filter(isToBeSent).flatMap((entry) => (entry.notBefore !== undefined && entry.notBefore > now ? [entry.notBefore] : []));
  return times.length > 0 ? Math.min(...times) : null;
}

/** What nothing was heard of waits on; it may have arrived. */
export function unanswered(entries: readonly Entry[], id: string, notBefore?: number): Change {
  return { put: changed(entries, id, { state: 'waiting', notBefore }) };
}

export function refused(entries: readonly Entry[], id: string, why: Pick<Entry, 'rejection' | 'error'>): Change {
  return { put: changed(entries, id, { state: 'failed', notBefore: undefined, ...why }) };
}

/** It is done. Where what it made has another id than was foreseen, what follows upon it is told. */
export function settled(entries: readonly Entry[], { id, makes }: Entry, made: string | undefined): Change {
  const isOther = makes !== undefined && made !== undefined && made !== makes;
  const followers = isOther ? entries.filter((entry) => entry.id !== id && namesOf(entry).includes(makes)) : [];
  return { put: followers.map((entry) => ({ ...entry, input: renamed(entry.input, makes as string, made as string) })), drop: [id] };
}

function renamed(input: Entry['input'], from: string, to: string): Entry['input'] {
  const other = (value: unknown): unknown => (value === from ? to : Array.isArray(value) ? value.map(other) : value);
  return Object.fromEntries(Object.entries(input).map(([field, value]) => [field, [...REFERENCES, 'parentIds'].includes(field) ? other(value) : value]));
}

/** A failed one is tried again, or what waits for its time at once. Its id stays: what was refused was not done. */
export function retried(entries: readonly Entry[], id: string): Change {
  return { put: changed(entries, id, { state: 'waiting', notBefore: undefined, rejection: undefined, error: undefined }) };
}

/** Another wording of what the server can't have seen, to be sent as soon as may be. */
export function rewritten(entries: readonly Entry[], id: string, input: Record<string, any>): Change {
  const entry = entries.find((one) => one.id === id);
  if (!entry || !isUntouched(entry)) return {};
  return { put: changed(entries, id, { input: { ...entry.input, ...input }, state: 'waiting', notBefore: undefined, rejection: undefined, error: undefined }) };
}

function changed(entries: readonly Entry[], id: string, how: Partial<Entry>): Entry[] {
  return entries.filter((entry) => entry.id === id).map((entry) => ({ ...entry, ...how }));
}

/** Whether it waits for something that was refused: it can't be sent before its person has decided about that. */
export function isHeldBy(entry: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find((earlier) => earlier.state === 'failed' && waitsFor(entry, earlier));
}

/** Those that are about what an entry would have made, or about what they would make: they go with it. */
export function dependents(entries: readonly Entry[], id: string): Entry[] {
  const entry = entries.find((one) => one.id === id);
  if (!entry?.makes) return [];
  const direct = entries.filter((other) => other.id !== id && namesOf(other).includes(entry.makes));
  return [...direct, ...direct.flatMap((other) => dependents(entries, other.id))];
}
