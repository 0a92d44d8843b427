import type { NotificationKind, SinceKind } from '../../graphql/graphql';
import { number } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import type { IconName } from '../../ui/icons';
import { authorWord, phaseWord } from '../../ui/words';
import type { SinceItem } from './documents';

export type Tone = 'leaf' | 'sun' | 'clay' | 'sky' | 'plum';

/** How an item looks, and what is said of it before its title. */
export interface Face {
  icon: IconName;
  tone: Tone;
  words: string;
}

const decisions: Partial<Record<NotificationKind, { icon: IconName; tone: Tone; words: () => string }>> = {
  HIDDEN: { icon: 'eyeOff', tone: 'clay', words: () => m.inbox_hidden() },
  RESTORED: { icon: 'eye', tone: 'sky', words: () => m.inbox_restored() },
  REMOVED: { icon: 'trash', tone: 'clay', words: () => m.inbox_removed() },
  MERGED: { icon: 'merge', tone: 'sky', words: () => m.inbox_merged() },
  UNMERGED: { icon: 'split', tone: 'sky', words: () => m.inbox_unmerged() },
  FEATURED: { icon: 'star', tone: 'plum', words: () => m.inbox_featured() },
  MOVED: { icon: 'move', tone: 'sky', words: () => m.inbox_moved() },
};

type Plain = Exclude<SinceKind, 'STATUS' | 'REPLY' | 'CREDIT' | 'PHASE'>;

const plain: Record<Plain, { icon: IconName; tone: Tone; words: () => string }> = {
  MINE: { icon: 'sprout', tone: 'leaf', words: () => m.since_kind_mine() },
  SUPPORTED: { icon: 'leaf', tone: 'leaf', words: () => m.since_kind_supported() },
  THEME: { icon: 'themes', tone: 'sky', words: () => m.since_kind_theme() },
  ANNOUNCEMENT: { icon: 'megaphone', tone: 'sun', words: () => m.since_kind_announcement() },
  NEW: { icon: 'plus', tone: 'sun', words: () => m.since_kind_new() },
  RISEN: { icon: 'up', tone: 'sun', words: () => m.since_kind_risen() },
};

const rest: Record<SinceKind, (values: { count: number; number: string }) => string> = {
  STATUS: m.since_more_status,
  MINE: m.since_more_mine,
  REPLY: m.since_more_reply,
  CREDIT: m.since_more_credit,
  SUPPORTED: m.since_more_supported,
  THEME: m.since_more_theme,
  ANNOUNCEMENT: m.since_more_announcement,
  PHASE: m.since_more_phase,
  NEW: m.since_more_new,
  RISEN: m.since_more_risen,
};

export function faceOf(item: SinceItem): Face {
  const name = authorWord(item.comment?.author ?? item.idea?.author);
  switch (item.kind) {
    case 'REPLY':
      return { icon: 'reply', tone: 'leaf', words: m.inbox_replied({ name }) };
    case 'CREDIT':
      return { icon: 'branch', tone: 'leaf', words: m.inbox_built_on({ name }) };
    case 'PHASE':
      return { icon: 'clock', tone: 'sun', words: item.phase ? phaseWord(item.phase) : '' };
    case 'STATUS': {
      const face = decisions[item.status ?? 'MOVED'];
      return face ? { ...face, words: face.words() } : { icon: 'info', tone: 'sky', words: '' };
    }
    default: {
      const face = plain[item.kind];
      return { ...face, words: face.words() };
    }
  }
}

/** What an idea got since, in words. */
export function gainsOf({ supports, comments, buildOns }: SinceItem): string[] {
  const say = (count: number, words: (values: { count: number; number: string }) => string) =>
    count > 0 ? [words({ count, number: number(count) })] : [];
  return [...say(supports, m.since_gain_supports), ...say(comments, m.since_gain_comments), ...say(buildOns, m.since_gain_build_ons)];
}

/** Where an item leads; null for one that is nowhere but here. */
export function wayTo(item: SinceItem, slug: string): string | null {
  const at = `/jam/${slug}`;
  if (item.comment && item.idea) return `${at}/idea/${item.idea.id}#comment-${item.comment.id}`;
  if (item.idea) return `${at}/idea/${item.idea.id}`;
  if (item.theme) return `${at}/themes/${item.theme.id}`;
  return item.phase ? at : null;
}

/** How many more of a kind there are. */
export function moreOf(kind: SinceKind, count: number): string {
  return rest[kind]({ count, number: number(count) });
}
