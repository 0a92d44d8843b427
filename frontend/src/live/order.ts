import type { IdeaOrder } from '../graphql/graphql';

/** What an order looks at. */
export interface Ranked {
  id: string;
  isPinned: boolean;
  postedAt: number;
  supportCount: number;
  commentCount: number;
  buildOnCount: number;
}

/** Twice the support outweighs four hours of age, as in server/jam/ranking.py. */
const HOT_DOUBLING_MS = 4 * 3_600_000;

type Key = (idea: Ranked) => number;

const hot: Key = (idea) => -(Math.log2(1 + idea.supportCount) + idea.postedAt / HOT_DOUBLING_MS);

/** Ascending keys, the first that differs decides. RISING and FAIR need what only the server knows. */
const KEYS: Partial<Record<IdeaOrder, Key[]>> = {
  TOP: [(idea) => -idea.supportCount, (idea) => idea.postedAt],
  HOT: [hot, (idea) => idea.postedAt],
  NEW: [(idea) => -idea.postedAt],
  DISCUSSED: [(idea) => -idea.commentCount, (idea) => -idea.postedAt],
  UNATTENDED: [(idea) => idea.postedAt],
};

const pinnedFirst: Key = (idea) => (idea.isPinned ? 0 : 1);

/** Whether the page can tell by itself where an idea stands in this order. */
export function isKnownHere(order: IdeaOrder): boolean {
  return KEYS[order] !== undefined;
}

/** Negative when `a` stands before `b`; 0 where the order is the server's alone. */
export function compareIn(order: IdeaOrder, a: Ranked, b: Ranked): number {
  for (const key of [pinnedFirst, ...(KEYS[order] ?? [])]) {
    const difference = key(a) - key(b);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the order lists the idea at all. */
export function belongs(order: IdeaOrder, idea: Ranked): boolean {
  return order !== 'UNATTENDED' || (idea.commentCount === 0 && idea.buildOnCount === 0);
}
