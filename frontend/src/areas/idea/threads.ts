/** What the drawing of a conversation needs of a comment. */
export interface Spoken {
  id: string;
  parentId: string | null;
}

/** A comment and the replies to it, in the order given. */
export interface Thread<T> {
  comment: T;
  replies: Thread<T>[];
}

/** Comments as threads. A reply whose parent is not known here begins a thread of its own. */
export function threadsOf<T extends Spoken>(comments: readonly T[]): Thread<T>[] {
  const threads = new Map(comments.map((comment) => [comment.id, { comment, replies: [] as Thread<T>[] }]));
  const roots: Thread<T>[] = [];
  for (const thread of threads.values()) {
    const parent = threads.get(thread.comment.parentId ?? '');
    if (parent && parent !== thread) parent.replies.push(thread);
    else roots.push(thread);
  }
  return roots;
}
