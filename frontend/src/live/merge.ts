/** Anything that carries the number of its last change. */
export interface Numbered {
  id: string;
  seq: number;
}

/** What the page knows, as far as merging needs it. */
export interface Known<I extends Numbered, C extends Numbered, T extends Numbered> {
  seq: number;
  idea(id: string): I | undefined;
  comment(id: string): C | undefined;
  theme(id: string): T | undefined;
}

/** One tick from the server: everything changed in (fromSeq, seq], with absolute totals. */
export interface Changes<I extends Numbered, C extends Numbered, T extends Numbered> {
  fromSeq: number;
  seq: number;
  mustRefetch: boolean;
  ideas: readonly I[];
  comments: readonly C[];
  themes: readonly T[];
  removedIds: readonly string[];
}

/** What to write into the page's knowledge, and what of it is news. */
export interface Patch<I, C, T> {
  seq: number;
  /** Something was missed: fetch afresh, then go on from `seq`. */
  mustRefetch: boolean;
  ideas: I[];
  comments: C[];
  themes: T[];
  removedIds: string[];
  newIdeaIds: string[];
  newCommentIds: string[];
}

/** The fresher of two versions of one thing, with the fields that only the other one has. */
export function fresher<T extends Numbered>(known: T | undefined, incoming: T): T {
  if (!known) return incoming;
  return incoming.seq >= known.seq ? { ...known, ...incoming } : { ...incoming, ...known };
}

/**
 * Merge a tick into what is known. Pure and idempotent: the same tick twice, late or out of order changes nothing more.
 * A lower number never overwrites a higher one; a tick that starts behind what is known is a gap and asks for a refetch.
 */
export function merge<I extends Numbered, C extends Numbered, T extends Numbered>(
  known: Known<I, C, T>,
  changes: Changes<I, C, T>,
): Patch<I, C, T> {
  const ideas = accepted(changes.ideas, (id) => known.idea(id));
  const comments = accepted(changes.comments, (id) => known.comment(id));
  return {
    seq: Math.max(known.seq, changes.seq),
    mustRefetch: changes.mustRefetch || changes.fromSeq > known.seq,
    ideas,
    comments,
    themes: accepted(changes.themes, (id) => known.theme(id)),
    removedIds: removed(known, changes),
    newIdeaIds: ideas.filter((idea) => !known.idea(idea.id)).map((idea) => idea.id),
    newCommentIds: comments.filter((comment) => !known.comment(comment.id)).map((comment) => comment.id),
  };
}

function accepted<T extends Numbered>(incoming: readonly T[], known: (id: string) => T | undefined): T[] {
  return incoming.flatMap((thing) => {
    const old = known(thing.id);
    if (old && old.seq > thing.seq) return [];
    return [fresher(old, thing)];
  });
}

/** A removal older than the last known change of the thing is overtaken: it was restored since. */
function removed<I extends Numbered, C extends Numbered, T extends Numbered>(known: Known<I, C, T>, changes: Changes<I, C, T>): string[] {
  const present = new Set([...changes.ideas, ...changes.comments, ...changes.themes].map((thing) => thing.id));
  return changes.removedIds.filter((id) => {
    const thing = known.idea(id) ?? known.comment(id) ?? known.theme(id);
    return !present.has(id) && (thing === undefined || thing.seq <= changes.seq);
  });
}
