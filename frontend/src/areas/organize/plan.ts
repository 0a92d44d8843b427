import { fromLocalInput, toLocalInput } from '../../i18n/local_time';

export const INSTANTS = ['lobbyAt', 'ideationAt', 'refinementAt', 'reviewAt', 'closesAt'] as const;
export type Instant = (typeof INSTANTS)[number];
/** The opening instants of a jam's phases, in milliseconds since 1970. */
export type Plan = Record<Instant, number>;
/** The same as fields of a form hold it. */
export type PlanFields = Record<Instant, string>;
export type PlanTrouble = 'missing' | 'order' | 'short' | 'past';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A plan to begin with: in a week at nine the lobby, a day later three days of ideas, two of refinement, two weeks to choose. */
export function usualPlan(now: number): Plan {
  const lobbyAt = new Date(now + 7 * DAY).setHours(9, 0, 0, 0);
  const ideationAt = lobbyAt + DAY;
  const refinementAt = ideationAt + 3 * DAY;
  const reviewAt = refinementAt + 2 * DAY;
  return { lobbyAt, ideationAt, refinementAt, reviewAt, closesAt: reviewAt + 14 * DAY };
}

export function toFields(plan: Plan): PlanFields {
  return mapInstants((name) => toLocalInput(plan[name]));
}

/** The plan that the fields name; null while one of them is no date. */
export function fromFields(fields: PlanFields, before: Plan | null): Plan | null {
  const instants = INSTANTS.map((name) => instantOf(name, fields, before));
  return instants.includes(null) ? null : mapInstants((_, at) => instants[at] as number);
}

/** A field that was not touched keeps the seconds that it does not show. */
function instantOf(name: Instant, fields: PlanFields, before: Plan | null): number | null {
  const isUntouched = before !== null && toLocalInput(before[name]) === fields[name];
  return isUntouched ? before[name] : fromLocalInput(fields[name]);
}

function mapInstants<T>(make: (name: Instant, at: number) => T): Record<Instant, T> {
  return Object.fromEntries(INSTANTS.map((name, at) => [name, make(name, at)])) as Record<Instant, T>;
}

/** What is wrong with each field: `before` is the plan as it stands, `publishedAt` the time now if the jam is published. */
export function troublesOf(fields: PlanFields, before: Plan | null, publishedAt: number | null): Partial<Record<Instant, PlanTrouble>> {
  const troubles: Partial<Record<Instant, PlanTrouble>> = {};
  let earliest = -Infinity;
  for (const name of INSTANTS) {
    const at = instantOf(name, fields, before);
    const isMovedToPast = publishedAt !== null && at !== null && at <= publishedAt && at !== before?.[name];
    const trouble = troubleOf(name, at, earliest) ?? (isMovedToPast ? 'past' : null);
    if (trouble) troubles[name] = trouble;
    earliest = Math.max(earliest, at ?? earliest);
  }
  return troubles;
}

/** Phases open one after the other; only ideation must have a length. */
function troubleOf(name: Instant, at: number | null, earliest: number): PlanTrouble | null {
  if (at === null) return 'missing';
  if (at < earliest) return 'order';
  return name === 'refinementAt' && at === earliest ? 'short' : null;
}

/** The instants that have passed. */
export function openedBy(plan: Plan, now: number): Set<Instant> {
  return new Set(INSTANTS.filter((name) => plan[name] <= now));
}
