/** Finds the point under a finger among any number of them: points stand in the cells of a grid of squares. */
export class HitGrid {
  readonly #cells = new Map<number, number[]>();

  /** places: x and y by turns (2n,), in pixels; `cell`: side of a square. */
  constructor(
    private readonly places: Float32Array,
    private readonly cell = 24,
  ) {
    for (let index = 0; 2 * index < places.length; index += 1) this.#add(index);
  }

  /** The nearest accepted point not farther than `within` pixels; null where there is none. */
  nearest(x: number, y: number, within: number, accepts: (index: number) => boolean): number | null {
    let best: number | null = null;
    let least = within * within;
    for (const index of this.#around(x, y, within)) {
      const distance = (this.#x(index) - x) ** 2 + (this.#y(index) - y) ** 2;
      if (distance > least || !accepts(index)) continue;
      [best, least] = [index, distance];
    }
    return best;
  }

  *#around(x: number, y: number, within: number): Generator<number> {
    const [left, right] = [this.#column(x - within), this.#column(x + within)];
    const [top, bottom] = [this.#column(y - within), this.#column(y + within)];
    for (let column = left; column <= right; column += 1) {
      for (let row = top; row <= bottom; row += 1) yield* this.#cells.get(key(column, row)) ?? [];
    }
  }

  #add(index: number): void {
    const place = key(this.#column(this.#x(index)), this.#column(this.#y(index)));
    const cell = this.#cells.get(place);
    if (cell) cell.push(index);
    else this.#cells.set(place, [index]);
  }

  #column(pixel: number): number {
    return Math.floor(pixel / this.cell);
  }

  #x(index: number): number {
    return this.places[2 * index] ?? 0;
  }

  #y(index: number): number {
    return this.places[2 * index + 1] ?? 0;
  }
}

function key(column: number, row: number): number {
  return column * 100_003 + row;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

const AHEAD: Record<Direction, readonly [number, number]> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/** The accepted point to go to from (x, y): the nearest ahead, where what lies aside counts as farther away; null for none. */
export function nextTowards(
  places: Float32Array,
  from: { x: number; y: number },
  direction: Direction,
  accepts: (index: number) => boolean,
): number | null {
  const [aheadX, aheadY] = AHEAD[direction];
  let best: number | null = null;
  let least = Infinity;
  for (let index = 0; 2 * index < places.length; index += 1) {
    const [x, y] = [(places[2 * index] ?? 0) - from.x, (places[2 * index + 1] ?? 0) - from.y];
    const ahead = x * aheadX + y * aheadY;
    const aside = Math.abs(x * aheadY) + Math.abs(y * aheadX);
    if (ahead <= 0.01 || aside > 1.5 * ahead) continue;
    const far = ahead + 2 * aside;
    if (far < least && accepts(index)) [best, least] = [index, far];
  }
  return best;
}
