/** A month of birth; `month` from 1. */
export interface Birth {
  year: number;
  month: number;
}

/**
 * The first instant (ms, UTC) of the month after the one in which someone comes of age: all that is kept of their age. In the
 * month of the birthday itself they still count as a minor.
 */
export function majorityOf({ year, month }: Birth, majority: number): number {
  return Date.UTC(year + majority, month, 1);
}

/** The years in which someone may have been born who is between two ages at `now` (ms), the youngest first. */
export function birthYears(now: number, minimumAge: number, majority: number): number[] {
  const year = new Date(now).getUTCFullYear();
  return Array.from({ length: majority - minimumAge + 1 }, (_, at) => year - minimumAge - at);
}
