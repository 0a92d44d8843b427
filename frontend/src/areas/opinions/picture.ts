/** A group's place in the picture, as the server tells it: everything from 0 to 1, y downwards, the angle in radians. */
export interface Placed {
  x: number;
  y: number;
  radiusX: number;
  radiusY: number;
  angle: number;
}

export interface Oval {
  cx: number;
  cy: number;
  rx: number;
  ry: number;
  degrees: number;
}

const LEAST_RADIUS = 3;

/** The ellipse of a group in a square of `side` units; mirrored where reading goes from right to left. */
export function ovalOf({ x, y, radiusX, radiusY, angle }: Placed, side: number, isMirrored: boolean): Oval {
  const degrees = (-angle * 180) / Math.PI;
  return {
    cx: side * (isMirrored ? 1 - x : x),
    cy: side * y,
    rx: Math.max(LEAST_RADIUS, side * radiusX),
    ry: Math.max(LEAST_RADIUS, side * radiusY),
    degrees: isMirrored ? -degrees : degrees,
  };
}

/** The left side of a column of the grid, in a square of `side` units. */
export function leftOf(column: number, grid: number, side: number, isMirrored: boolean): number {
  const width = side / grid;
  return isMirrored ? side - (column + 1) * width : column * width;
}

const LETTERS = { en: 'ABCDE', he: 'אבגדה' } as const;

/** The letter of a group, by its key. */
export function letterOf(key: number, language: 'en' | 'he'): string {
  return LETTERS[language][key] ?? String(key + 1);
}
