/** How the map is looked at: a point (x, y) of the unzoomed map, in pixels, stands at (k·x + dx, k·y + dy). */
export interface View {
  k: number;
  dx: number;
  dy: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Spot {
  x: number;
  y: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const WHOLE: View = { k: 1, dx: 0, dy: 0 };
export const MOST_ZOOM = 40;

export const toScreen = (view: View, { x, y }: Spot): Spot => ({ x: view.k * x + view.dx, y: view.k * y + view.dy });

export const toMap = (view: View, { x, y }: Spot): Spot => ({ x: (x - view.dx) / view.k, y: (y - view.dy) / view.k });

/** The nearest view that shows nothing beyond the map's own edges. */
export function kept({ k, dx, dy }: View, { width, height }: Size): View {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, k));
  return { k: zoom, dx: Math.min(0, Math.max(width * (1 - zoom), dx)), dy: Math.min(0, Math.max(height * (1 - zoom), dy)) };
}

/** Zoomed by `factor`, so that what is at `at` on the screen stays there. */
export function zoomedAt(view: View, factor: number, at: Spot, size: Size): View {
  const k = Math.min(MOST_ZOOM, Math.max(1, view.k * factor));
  const { x, y } = toMap(view, at);
  return kept({ k, dx: at.x - k * x, dy: at.y - k * y }, size);
}

export function moved(view: View, by: Spot, size: Size): View {
  return kept({ k: view.k, dx: view.dx + by.x, dy: view.dy + by.y }, size);
}

/** The view that shows a box of the unzoomed map as large as it fits, with room around it. */
export function fitted(box: Box, size: Size, room = 36): View {
  const across = Math.max(1, box.right - box.left);
  const down = Math.max(1, box.bottom - box.top);
  const k = Math.min((size.width - 2 * room) / across, (size.height - 2 * room) / down, MOST_ZOOM);
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  const zoom = Math.max(1, k);
  return kept({ k: zoom, dx: size.width / 2 - zoom * middle.x, dy: size.height / 2 - zoom * middle.y }, size);
}

/** Between two views, `t` from 0 to 1: the zoom changes by equal factors, the way over the map is straight. */
export function between(from: View, to: View, t: number): View {
  const k = from.k * (to.k / from.k) ** t;
  const share = to.k === from.k ? t : (k - from.k) / (to.k - from.k);
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return { k, dx: mix(from.dx, to.dx), dy: mix(from.dy, to.dy) };
}
