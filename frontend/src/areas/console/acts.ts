import type { ContentStatus, IdeaMark } from '../../graphql/graphql';

export type ActName = 'dismiss' | 'hide' | 'remove' | 'restore' | 'merge' | 'unmerge' | 'move' | 'lock' | 'pin' | 'feature';

/** What the acts look at of an idea or a comment. */
export interface Actable {
  __typename: 'Idea' | 'Comment';
  id: string;
  status: ContentStatus;
  topic?: { id: string };
  mergedInto?: { id: string } | null;
  isPinned?: boolean;
  isFeatured?: boolean;
  isLocked?: boolean;
}

/** One act with all that it needs. `on` is for the marks: lock, pin, feature. */
export interface Act {
  name: ActName;
  reason: string;
  intoId?: string;
  topicId?: string;
  on?: boolean;
}

export const MARKS = { lock: 'LOCKED', pin: 'PINNED', feature: 'FEATURED' } as const satisfies Record<string, IdeaMark>;

/** The acts that settle an open report as upheld; keeping the thing dismisses it, pinning and featuring leave it open. */
const UPHOLDING: ReadonlySet<ActName> = new Set<ActName>(['hide', 'remove', 'restore', 'merge', 'move', 'lock']);

/** Whether an act turns a mark on or off. */
export const isMark = (name: ActName): name is keyof typeof MARKS => name in MARKS;

/** Whether the mark that the act sets stands already. */
export function isMarked(name: ActName, thing: Actable): boolean {
  if (name === 'lock') return thing.isLocked ?? false;
  if (name === 'pin') return thing.isPinned ?? false;
  return name === 'feature' && (thing.isFeatured ?? false);
}

/** What can be done with a thing, in the order of the buttons. */
export function actsFor(thing: Actable, isReported: boolean): ActName[] {
  const kept: ActName[] = isReported ? ['dismiss'] : [];
  return [...kept, ...byStatus(thing), ...(thing.__typename === 'Idea' ? forIdeas(thing) : [])];
}

function byStatus({ status }: Actable): ActName[] {
  if (status === 'VISIBLE') return ['hide', 'remove'];
  if (status === 'HIDDEN') return ['restore', 'remove'];
  return status === 'REMOVED' ? ['restore'] : ['unmerge', 'hide', 'remove'];
}

function forIdeas({ status }: Actable): ActName[] {
  return status === 'VISIBLE' ? ['merge', 'move', 'lock', 'pin', 'feature'] : [];
}

/** How an act settles the open report on its thing; null where it leaves it open. */
export function outcomeOf(act: Pick<Act, 'name' | 'on'>): 'UPHELD' | 'DISMISSED' | null {
  if (act.name === 'dismiss') return 'DISMISSED';
  if (act.name === 'lock' && !act.on) return null;
  return UPHOLDING.has(act.name) ? 'UPHELD' : null;
}

/** The act on the thing that takes another one back, given the thing as it was before; null where it was not touched. */
export function inverseOf(act: Pick<Act, 'name' | 'on'>, before: Actable, reason: string): Act | null {
  switch (act.name) {
    case 'dismiss':
      return null;
    case 'lock':
    case 'pin':
    case 'feature':
      return { name: act.name, on: !act.on, reason };
    case 'merge':
      return { name: 'unmerge', reason };
    case 'unmerge':
      return before.mergedInto ? { name: 'merge', intoId: before.mergedInto.id, reason } : null;
    case 'move':
      return before.topic ? { name: 'move', topicId: before.topic.id, reason } : null;
    default:
      return backTo(before.status, reason);
  }
}

/** To the status that a thing had: a merged one that was hidden is merged again when it is restored. */
function backTo(status: ContentStatus, reason: string): Act {
  if (status === 'HIDDEN') return { name: 'hide', reason };
  return { name: status === 'REMOVED' ? 'remove' : 'restore', reason };
}
