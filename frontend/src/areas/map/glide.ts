import type { MapPoint } from './points';

/** Where points begin to move from, (2n,): where they were shown, or at once at their place when they are new. */
export function startOf(before: readonly MapPoint[], shown: Float32Array, points: readonly MapPoint[], target: Float32Array): Float32Array {
  const known = new Map(before.map((point, index) => [point.id, index]));
  const start = Float32Array.from(target);
  for (const [index, { id }] of points.entries()) {
    const old = known.get(id);
    if (old !== undefined) start.set(shown.subarray(2 * old, 2 * old + 2), 2 * index);
  }
  return start;
}

/** Whether anything moves farther than half a pixel. */
export function moves(start: Float32Array, target: Float32Array): boolean {
  return start.some((value, index) => Math.abs(value - (target[index] ?? 0)) > 0.5);
}

/** Places at a moment of the way, `t` from 0 to 1: slow at both ends. */
export function blend(start: Float32Array, target: Float32Array, t: number): Float32Array {
  const share = eased(t);
  return start.map((value, index) => value + ((target[index] ?? 0) - value) * share);
}

export function eased(t: number): number {
  return t < 0.5 ? 4 * t ** 3 : 1 - (-2 * t + 2) ** 3 / 2;
}
