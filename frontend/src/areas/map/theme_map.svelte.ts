import { query } from '../../graphql/client';
import { subscribe, type Live } from '../../graphql/subscribe.svelte';
import { pointsOf } from './columns';
import { MapChanges, MapTitle, ThemeMapQuery, type MapData, type MapThemeCard, type MapTick } from './documents';
import { byTime, patched, type MapPoint } from './points';

/** Above this many points their titles are asked for one by one, when they are pointed at. */
const MOST_TITLES = 10_000;
/** Changes are drawn together, at most this often. */
const TOGETHER_MS = 1_000;
const FRESH_MS = 4_000;
const MOST_FRESH = 40;

interface JamOfMap {
  id: string;
  head: { counts: { ideas: number } };
}

/** The points and themes of a jam's map, kept fresh until `stop`. Reading any part makes a component follow it. */
export class ThemeMapData {
  /** Oldest first. */
  points: readonly MapPoint[] = $state.raw([]);
  themes: readonly MapThemeCard[] = $state.raw([]);
  runId: string | null = $state(null);
  isLoaded = $state(false);
  error: unknown = $state.raw(null);
  /** Points that came while the map was open, for a moment. */
  fresh: ReadonlySet<string> = $state.raw(new Set<string>());
  #seq = 0;
  #live: Live | null = null;
  #waiting = new Map<string, MapPoint | null>();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly jam: JamOfMap) {}

  /** Load the map, and follow it. */
  async start(): Promise<void> {
    await this.load();
    if (!this.isLoaded || this.#live) return;
    this.#live = subscribe(MapChanges, () => ({ jamId: this.jam.id, afterSeq: this.#seq }), (data) => this.#hear(data.jamChanges));
  }

  stop(): void {
    this.#live?.stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const titles = this.jam.head.counts.ideas <= MOST_TITLES;
      const data = await query(ThemeMapQuery, { jamId: this.jam.id, titles });
      this.#take(data.themeMap);
    } catch (problem) {
      this.error = problem;
    }
  }

  theme(id: string | null | undefined): MapThemeCard | undefined {
    return this.themes.find((theme) => theme.id === id);
  }

  /** Fetch the title of a point that came without. */
  async learnTitle(id: string): Promise<void> {
    const point = this.points.find((one) => one.id === id);
    if (!point || point.title !== null) return;
    const { idea } = await query(MapTitle, { id }).catch(() => ({ idea: null }));
    if (idea) this.#wait(id, { ...point, title: idea.title, language: idea.language }, 0);
  }

  #take(data: MapData): void {
    this.points = byTime(pointsOf(data.columns));
    this.themes = data.themes;
    this.runId = data.runId;
    this.#seq = data.columns.seq;
    this.isLoaded = true;
  }

  #hear(tick: MapTick): void {
    const isGap = tick.mustRefetch || tick.fromSeq > this.#seq;
    this.#seq = Math.max(this.#seq, tick.seq);
    const isNewRun = tick.jam !== null && (tick.jam.themeRun?.id ?? null) !== this.runId;
    if (isGap || isNewRun) this.#later(() => void this.load(), TOGETHER_MS);
    else this.#patch(tick);
  }

  #patch(tick: MapTick): void {
    for (const idea of tick.ideas) this.#wait(idea.id, placed(idea), TOGETHER_MS);
    for (const id of tick.removedIds) this.#wait(id, null, TOGETHER_MS);
    this.themes = withThemes(this.themes, tick);
  }

  #wait(id: string, point: MapPoint | null, ms: number): void {
    if (this.#waiting.size === 0) this.#later(() => this.#flush(), ms);
    this.#waiting.set(id, point);
  }

  #flush(): void {
    const known = new Set(this.points.map((point) => point.id));
    const added = [...this.#waiting].filter(([id, point]) => point && !known.has(id)).map(([id]) => id);
    this.points = patched(this.points, this.#waiting);
    this.#waiting.clear();
    if (added.length > 0) this.#welcome(added.slice(-MOST_FRESH));
  }

  #welcome(ids: readonly string[]): void {
    this.fresh = new Set([...this.fresh, ...ids]);
    this.#later(() => (this.fresh = new Set([...this.fresh].filter((id) => !ids.includes(id)))), FRESH_MS);
  }

  #later(act: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** An idea that changed as a point; null when it is not on the map, or not any more. */
function placed(idea: MapTick['ideas'][number]): MapPoint | null {
  if (idea.status !== 'VISIBLE' || idea.mapX === null || idea.mapY === null) return null;
  const { id, title, language, postedAt, supportCount: support } = idea;
  return { id, title, language, postedAt, support, x: idea.mapX, y: idea.mapY, themeId: idea.theme?.id ?? null, subthemeId: idea.subtheme?.id ?? null };
}

/** The themes with those that changed, without those that are gone, most supported first. */
function withThemes(themes: readonly MapThemeCard[], tick: MapTick): readonly MapThemeCard[] {
  if (tick.themes.length === 0 && tick.removedIds.length === 0) return themes;
  const byId = new Map(themes.map((theme) => [theme.id, theme]));
  for (const theme of tick.themes) if (theme.parentId === null) byId.set(theme.id, theme);
  for (const id of tick.removedIds) byId.delete(id);
  return [...byId.values()].sort((a, b) => b.supportCount - a.supportCount || b.ideaCount - a.ideaCount);
}
