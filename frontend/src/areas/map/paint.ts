import type { View } from './view';

/** One point as the canvas sees it. Colour 10 is that of no theme. */
export interface Dot {
  x: number;
  y: number;
  radius: number;
  colour: number;
  isAside: boolean;
}

export const NO_THEME = 10;
const SMALL = 1.4;
const BATCH = 400;

/** Draw the dots on a canvas of the view's pixels, colour by colour; those outside are left out. */
export function paint(context: CanvasRenderingContext2D, dots: Iterable<Dot>, view: View, colours: readonly string[]): void {
  const { width, height } = context.canvas;
  const ratio = context.getTransform().a || 1;
  const groups = grouped(dots, view, width / ratio, height / ratio);
  for (const [key, group] of groups) {
    context.fillStyle = colours[key >> 1] ?? 'gray';
    context.globalAlpha = key & 1 ? 0.13 : 0.82;
    for (let from = 0; from < group.length; from += BATCH) fill(context, group.slice(from, from + BATCH));
  }
  context.globalAlpha = 1;
}

/** What is seen, in pixels of the screen, by colour and by standing aside. */
function grouped(dots: Iterable<Dot>, view: View, width: number, height: number): Map<number, Dot[]> {
  const groups = new Map<number, Dot[]>();
  for (const dot of dots) {
    const [x, y] = [view.k * dot.x + view.dx, view.k * dot.y + view.dy];
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
    const key = 2 * dot.colour + Number(dot.isAside);
    const group = groups.get(key);
    if (group) group.push({ ...dot, x, y });
    else groups.set(key, [{ ...dot, x, y }]);
  }
  return groups;
}

function fill(context: CanvasRenderingContext2D, dots: readonly Dot[]): void {
  context.beginPath();
  for (const { x, y, radius } of dots) {
    if (radius < SMALL) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }
  context.fill();
}
