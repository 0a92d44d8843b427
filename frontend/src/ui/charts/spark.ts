import { curveMonotoneX, area, line } from 'd3-shape';

/** The line and the ground below it, from zero up, in a box of `width` by `height`; one value stands in the middle. */
export function spark(values: readonly number[], width: number, height: number, most = Math.max(1, ...values)): { line: string; area: string } {
  const x = (_: number, index: number): number => (values.length > 1 ? (index / (values.length - 1)) * width : width / 2);
  const y = (value: number): number => height - (Math.max(0, value) / Math.max(1e-9, most)) * height;
  const draw = line<number>().x(x).y(y).curve(curveMonotoneX);
  const fill = area<number>().x(x).y0(height).y1(y).curve(curveMonotoneX);
  return { line: draw([...values]) ?? '', area: fill([...values]) ?? '' };
}
