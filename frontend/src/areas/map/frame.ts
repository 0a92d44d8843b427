import type { MapPoint } from './points';
import type { Box, Size } from './view';

/** Where the unit square of the map lies on the screen, in pixels; `isMirrored` where the page runs from right to left. */
export interface Frame extends Size {
  isMirrored: boolean;
}

const MARGIN = 26;
/** Room below the map for its key, and where it is narrow for its tools. */
const FOOT = 26;
const NARROW_FOOT = 56;
export const NARROW = 560;

/** Sides of the tools with their distance from the corner, in pixels. */
const TOOLS = { narrow: 60, long: 148 };

/** Where a drawing's tools stand: names keep clear of them. */
export function toolBox({ width, height, isMirrored }: Frame): Box {
  const isNarrow = width < NARROW;
  const [across, down] = isNarrow ? [TOOLS.long, TOOLS.narrow] : [TOOLS.narrow, TOOLS.long];
  const [left, top] = [isMirrored ? 0 : width - across, isNarrow ? height - down : 0];
  return { left, top, right: left + across, bottom: top + down };
}

const footOf = (width: number): number => (width < NARROW ? NARROW_FOOT : FOOT);
/** The map has no axes: it may be stretched a little to fill the room it has. */
const MOST_STRETCH = 1.35;

/** The pixel of a place on the map, unzoomed. */
export function pixelOf(frame: Frame, x: number, y: number): [number, number] {
  const { across, down } = extent(frame);
  const along = frame.isMirrored ? 1 - x : x;
  return [(frame.width - across) / 2 + along * across, (frame.height - footOf(frame.width) - down) / 2 + y * down];
}

function extent({ width, height }: Size): { across: number; down: number } {
  const room = { width: Math.max(1, width - 2 * MARGIN), height: Math.max(1, height - footOf(width) - 2 * MARGIN) };
  return { across: Math.min(room.width, MOST_STRETCH * room.height), down: Math.min(room.height, MOST_STRETCH * room.width) };
}

/** Pixels of all points, x and y by turns: (2n,). */
export function placesOf(points: readonly MapPoint[], frame: Frame): Float32Array {
  const places = new Float32Array(2 * points.length);
  for (const [index, point] of points.entries()) places.set(pixelOf(frame, point.x, point.y), 2 * index);
  return places;
}

/** Radii in pixels (n,): the area of a point grows with its support, and all of them fit the room there is. */
export function radiiOf(points: readonly MapPoint[], frame: Frame): Float32Array {
  const { across, down } = extent(frame);
  const apart = Math.sqrt((0.4 * across * down) / Math.max(1, points.length));
  const least = Math.min(4, Math.max(1, 0.2 * apart));
  const most = Math.min(15, Math.max(3, 0.8 * apart));
  const top = points.reduce((high, point) => Math.max(high, point.support), 1);
  return Float32Array.from(points, ({ support }) => least + (most - least) * Math.sqrt(support / top));
}

/** How much larger points are drawn when the map is enlarged k times: less than the map itself, so that they come apart. */
export const growth = (k: number): number => k ** 0.4;
