import world from './world.json';

/** A country on the map: where, how large, how many. */
export interface Bubble {
  country: string;
  count: number;
  x: number;
  y: number;
  radius: number;
}

export const WORLD = { width: world.width, height: world.height, land: world.land };

const places: Record<string, number[]> = world.places;
const SMALLEST = 9;
const LARGEST = 46;
/** Fewer people than this make no circle of the largest size, or three of them would cover a sea. */
const MANY = 50;

/** Circles whose area grows with the number of people, the largest for the most; largest first, so that none is covered. */
export function bubblesOf(countries: readonly { country: string; count: number }[]): Bubble[] {
  const most = Math.max(MANY, ...countries.map((each) => each.count));
  return countries
    .flatMap(({ country, count }) => {
      const [x, y] = places[country] ?? [];
      if (x === undefined || y === undefined) return [];
      return [{ country, count, x, y, radius: Math.max(SMALLEST, LARGEST * Math.sqrt(count / most)) }];
    })
    .sort((a, b) => b.radius - a.radius);
}
