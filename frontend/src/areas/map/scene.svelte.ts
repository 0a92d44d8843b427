import { untrack } from 'svelte';
import { locale } from '../../i18n/locale.svelte';
import { animate, Camera, isStill } from './camera.svelte';
import { growth, pixelOf, placesOf, radiiOf, toolBox, type Frame } from './frame';
import { blend, moves, startOf } from './glide';
import { HitGrid, nextTowards, type Direction } from './hit_grid';
import { groundOf, type Ground } from './islands';
import type { ThemeMapData } from './theme_map.svelte';
import { countByTheme, countUntil, type MapPoint } from './points';
import { WHOLE, fitted, toMap, toScreen, type Box, type Spot } from './view';

/** What a map shows: all of it or one theme, or a part of it, a sub-theme; and until when (ms), null for now. */
export interface SceneInput {
  data: ThemeMapData;
  theme: string | null;
  part: string | null;
  until: number | null;
}

interface Shown {
  points: readonly MapPoint[];
  places: Float32Array;
  frame: Frame | null;
}

const GLIDE_MS = 900;
const LEAST_AROUND = 6;
const REACH: Record<string, number> = { mouse: 12, touch: 24, pen: 16 };
const NUDGE = 80;
/** From here on the parts of themes have regions of their own. */
const CLOSE = 2;
const CORNER = 12;

/** Everything the parts of a map share: where points stand, how the map is looked at, and what is pointed at. */
export class Scene extends Camera {
  shown: Shown = $state.raw({ points: [], places: new Float32Array(), frame: null });
  /** Whether only ideas of no theme are shown in full. */
  isLooseOnly = $state(false);
  keyWidth = $state(0);
  keyHeight = $state(0);
  readonly frame: Frame = $derived({ width: this.width, height: this.height, isMirrored: locale.direction === 'rtl' });
  readonly points = $derived(this.shown.points);
  readonly places = $derived(this.shown.places);
  readonly radii = $derived(radiiOf(this.points, this.frame));
  /** How many points, oldest first, are there at the chosen time. */
  readonly visible = $derived.by(() => this.#visible());
  readonly counts = $derived(countByTheme(this.points, this.visible));
  readonly growth = $derived(growth(this.view.k));
  readonly grounds = $derived.by(() => this.#grounds((point) => point.themeId));
  /** The grounds of sub-themes, by id: of the chosen theme, or of all of them from close by; none from afar. */
  readonly partGrounds = $derived.by(() => (this.#showsParts ? this.#grounds((point) => this.#partOf(point)) : new Map<string, Ground>()));
  readonly #showsParts = $derived.by(() => this.theme !== null || this.view.k >= CLOSE);
  readonly #largest = $derived(Math.round(this.radii.reduce((most, radius) => Math.max(most, radius), 0)));
  readonly #grid = $derived(new HitGrid(this.places));
  readonly #colours = $derived.by(() => new Map(this.data.themes.map((theme) => [theme.id, theme.colorIndex])));
  #known = new Map<string, { key: string; ground: Ground | null }>();

  constructor(private readonly input: () => SceneInput) {
    super();
  }

  get data(): ThemeMapData {
    return this.input().data;
  }

  get theme(): string | null {
    return this.input().theme;
  }

  /** Where the tools and the key stand: names keep clear of them. */
  get reserved(): readonly Box[] {
    return [toolBox(this.frame), this.#keyBox()];
  }

  #keyBox(): Box {
    const { width, height, isMirrored } = this.frame;
    const [across, down] = [this.keyWidth + CORNER, this.keyHeight + CORNER];
    const left = isMirrored ? width - across : 0;
    return { left, right: left + across, top: height - down, bottom: height };
  }

  /** The colour index of a point's theme; null for the grey of no theme. */
  colourOf(point: MapPoint): number | null {
    return point.themeId === null ? null : (this.#colours.get(point.themeId) ?? null);
  }

  /** Whether a point belongs to what was chosen: others step back. */
  isChosen(point: MapPoint): boolean {
    const { theme, part } = this.input();
    if (this.isLooseOnly) return point.themeId === null;
    return part !== null ? point.subthemeId === part : theme === null || point.themeId === theme;
  }

  #partOf(point: MapPoint): string | null {
    return this.theme === null || point.themeId === this.theme ? point.subthemeId : null;
  }

  pixel(index: number): Spot {
    return toScreen(this.view, { x: this.places[2 * index] ?? 0, y: this.places[2 * index + 1] ?? 0 });
  }

  /** The pixel of a place given from 0 to 1. */
  spotOf(x: number, y: number): Spot {
    const [left, top] = pixelOf(this.frame, x, y);
    return toScreen(this.view, { x: left, y: top });
  }

  /** Bring the points to their places; those that a new grouping moved glide there. For an effect: returns how to stop. */
  settle(): () => void {
    const [points, frame] = [this.data.points, this.frame];
    const target = placesOf(points, frame);
    return untrack(() => this.#settle(points, target, frame));
  }

  /** Look at what is chosen. */
  focusOnChoice(): void {
    const box = this.#boxOfChoice();
    this.fly(box ? fitted(box, this) : WHOLE);
  }

  /** The point at a pixel of the screen, for a mouse, a pen or a finger; null for none. */
  at(spot: Spot, pointer: string): number | null {
    const { x, y } = toMap(this.view, spot);
    return this.#grid.nearest(x, y, (REACH[pointer] ?? 12) / this.view.k, (index) => this.#isThere(index));
  }

  /** Go from point to point by keyboard. */
  step(direction: Direction): void {
    const from = this.pointed === null ? { x: this.width / 2, y: this.height / 2 } : this.pixel(this.pointed);
    const there = toMap(this.view, from);
    const next = this.pointed === null ? this.#middle(there) : nextTowards(this.places, there, direction, (index) => this.#isThere(index));
    if (next === null) return;
    this.pointed = next;
    this.isHeld = true;
    this.#reveal(this.pixel(next));
  }

  #isThere(index: number): boolean {
    const point = this.points[index];
    return index < this.visible && point !== undefined && this.isChosen(point);
  }

  #middle({ x, y }: Spot): number | null {
    return this.#grid.nearest(x, y, Math.max(this.width, this.height), (index) => this.#isThere(index));
  }

  #reveal({ x, y }: Spot): void {
    const shiftX = x < 40 ? NUDGE : x > this.width - 40 ? -NUDGE : 0;
    const shiftY = y < 40 ? NUDGE : y > this.height - 40 ? -NUDGE : 0;
    if (shiftX !== 0 || shiftY !== 0) this.pan(shiftX, shiftY);
  }

  #visible(): number {
    const { until } = this.input();
    return until === null ? this.points.length : countUntil(this.points, until);
  }

  /** The ground of each theme or sub-theme, by id; made anew only where it or the frame changed. */
  #grounds(groupOf: (point: MapPoint) => string | null): Map<string, Ground> {
    const { width, height, isMirrored } = this.frame;
    const found = new Map<string, Ground>();
    for (const [theme, indices] of this.#grouped(groupOf)) {
      const key = [indices.length, width, height, isMirrored, this.#largest, this.data.runId].join(' ');
      const known = this.#known.get(theme);
      const ground = known?.key === key ? known.ground : this.#groundOf(indices);
      this.#known.set(theme, { key, ground });
      if (ground) found.set(theme, ground);
    }
    return found;
  }

  #grouped(groupOf: (point: MapPoint) => string | null): Map<string, number[]> {
    const indices = new Map<string, number[]>();
    for (const [index, point] of this.data.points.entries()) {
      const group = groupOf(point);
      if (group === null) continue;
      const list = indices.get(group);
      if (list) list.push(index);
      else indices.set(group, [index]);
    }
    return indices;
  }

  #groundOf(indices: readonly number[]): Ground | null {
    const places = indices.map((index): [number, number] => {
      const { x, y } = this.data.points[index] as MapPoint;
      return pixelOf(this.frame, x, y);
    });
    return groundOf(places, LEAST_AROUND + this.#largest);
  }

  #boxOfChoice(): Box | null {
    const { theme, part } = this.input();
    return (part !== null ? this.#boxOf(part) : null) ?? (theme === null ? null : (this.grounds.get(theme)?.box ?? null));
  }

  #boxOf(part: string): Box | null {
    const places = this.data.points.filter((point) => point.subthemeId === part).map(({ x, y }) => pixelOf(this.frame, x, y));
    if (places.length === 0) return null;
    const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
    return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  }

  #settle(points: readonly MapPoint[], target: Float32Array, frame: Frame): () => void {
    const before = this.shown;
    const isSame = before.frame?.width === frame.width && before.frame.height === frame.height && before.frame.isMirrored === frame.isMirrored;
    const start = isSame ? startOf(before.points, before.places, points, target) : target;
    const glides = moves(start, target) && !isStill();
    this.pointed = this.#again(before.points, points);
    this.shown = { points, places: glides ? start : target, frame };
    return glides ? animate(GLIDE_MS, (t) => (this.shown = { points, places: blend(start, target, t), frame })) : () => undefined;
  }

  /** The index of the point that is pointed at, after the list of points has changed. */
  #again(before: readonly MapPoint[], points: readonly MapPoint[]): number | null {
    const id = this.pointed === null ? undefined : before[this.pointed]?.id;
    const index = id === undefined ? -1 : points.findIndex((point) => point.id === id);
    return index < 0 ? null : index;
  }
}
