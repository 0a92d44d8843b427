import { locale } from '../i18n/locale.svelte';
import { keepBoard, keptBoard } from '../outbox/boards';
import { clock } from '../session/clock.svelte';
import type { Announcement, Idea, Jam, Theme } from './fragments';

/** What the page knew of a jam, as its person saw it: all of it was shown to them, and nothing else is in it. */
export interface KeptJam {
  /** By the server's clock, ms. */
  at: number;
  head: Jam;
  themes: readonly Theme[];
  announcements: readonly Announcement[];
  ideas: readonly Idea[];
  /** The order of each list that was shown, by its filter. */
  lists: Readonly<Record<string, readonly string[]>>;
  supported: readonly string[];
}

const MOST_IDEAS = 120;
const MOST_LETTERS = 1_000_000;
const SOON_MS = 2_000;
const EVERY_MS = 30_000;

const keyOf = (personId: string, slug: string): string => `${personId} ${slug} ${locale.code}`;

/** What somebody last saw of a jam in this language, or null. */
export async function recall(personId: string, slug: string): Promise<KeptJam | null> {
  const kept = await keptBoard(keyOf(personId, slug), personId);
  try {
    return kept && (JSON.parse(kept.board) as KeptJam);
  } catch {
    return null;
  }
}

/** No more than a device should keep: the ideas of the lists first, in their order, as many as there is room for. */
export function bounded(jam: KeptJam): KeptJam {
  const listed = Object.values(jam.lists).flat();
  const rank = new Map(listed.map((id, at) => [id, listed.length - at]));
  const ideas = [...jam.ideas].sort((a, b) => (rank.get(b.id) ?? 0) - (rank.get(a.id) ?? 0)).slice(0, MOST_IDEAS);
  let letters = 0;
  const fitting = ideas.filter((idea) => (letters += idea.title.length + idea.body.length + 600) <= MOST_LETTERS);
  const kept = new Set(fitting.map((idea) => idea.id));
  const lists = Object.fromEntries(Object.entries(jam.lists).map(([key, ids]) => [key, ids.filter((id) => kept.has(id))]));
  return { ...jam, ideas: fitting, lists, supported: jam.supported.filter((id) => kept.has(id)) };
}

/** Keep what `read` gives now and then, and when the page goes out of sight; null is not kept. Returns how to stop. */
export function keeping(personId: string, slug: string, read: () => Omit<KeptJam, 'at'> | null): () => void {
  const keep = () => {
    const jam = read();
    if (!jam) return;
    const at = clock.now();
    void keepBoard({ key: keyOf(personId, slug), owner: personId, at, board: JSON.stringify(bounded({ ...jam, at })) });
  };
  const hide = () => document.hidden && keep();
  const soon = setTimeout(keep, SOON_MS);
  const timer = setInterval(() => !document.hidden && keep(), EVERY_MS);
  document.addEventListener('visibilitychange', hide);
  addEventListener('pagehide', keep);
  return () => {
    clearTimeout(soon);
    clearInterval(timer);
    document.removeEventListener('visibilitychange', hide);
    removeEventListener('pagehide', keep);
  };
}
