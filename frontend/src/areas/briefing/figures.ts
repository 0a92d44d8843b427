import type { IdeaOrder } from '../../graphql/graphql';
import type { Numbers } from '../map/documents';

/** What themes can be ranked by. */
export type Criterion = 'support' | 'breadth' | 'momentum' | 'novelty';

export const CRITERIA: readonly Criterion[] = ['support', 'breadth', 'momentum', 'novelty'];

/** The order that shows first the ideas which made a number what it is. */
export const ORDER_OF: Record<Criterion, IdeaOrder> = { support: 'TOP', breadth: 'TOP', momentum: 'RISING', novelty: 'NEW' };

/** Highest first by the criterion; of equals the one with more support. */
export function ranked<T extends { briefing: Numbers }>(themes: readonly T[], criterion: Criterion): T[] {
  return [...themes].sort((a, b) => b.briefing[criterion] - a.briefing[criterion] || b.briefing.support - a.briefing.support);
}

export interface Range {
  low: number;
  high: number;
}

const SIXTHS = 6;

/**
 * Where the momentum of a theme would lie 19 times in 20 if only chance had moved its votes: the 95 % interval of the
 * ratio of two Poisson rates on the log scale, exp(ln r ± 1.96 √(1/a + 1/b)), half a vote added to both counts so that
 * none is zero (Haldane 1956, Anscombe 1956). `overTime`: votes in equal parts of the time so far, a multiple of six.
 */
export function momentumRange(overTime: readonly number[]): Range {
  const sixth = overTime.length / SIXTHS;
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const last = sum(overTime.slice(-sixth)) + 0.5;
  const before = sum(overTime.slice(0, -sixth)) + 0.5;
  const ratio = last / (before / (SIXTHS - 1));
  const factor = Math.exp(1.96 * Math.sqrt(1 / last + 1 / before));
  return { low: ratio / factor, high: ratio * factor };
}

export type Trend = 'rising' | 'steady' | 'fading';

/** Rising or fading only where chance alone would hardly make it so. */
export function trendOf({ low, high }: Range): Trend {
  return low > 1 ? 'rising' : high < 1 ? 'fading' : 'steady';
}

export type Sure = 'firm' | 'fair' | 'loose';

/**
 * How far a theme can be trusted, by its mean overlap (Jaccard) with the themes found again in parts of the ideas:
 * from 0.75 it is stable, from 0.6 there is a pattern whose edges are in doubt, below that not even that (Hennig 2007).
 */
export function sureOf(confidence: number): Sure {
  return confidence >= 0.75 ? 'firm' : confidence >= 0.6 ? 'fair' : 'loose';
}

/** The time that support over time covers, in milliseconds: since the doors opened until now, or until voting ended. */
export function spanOf(schedule: { ideationAt: number; reviewAt: number } | null | undefined, now: number): { from: number; to: number } | null {
  if (!schedule) return null;
  const to = Math.min(now, schedule.reviewAt);
  return to > schedule.ideationAt ? { from: schedule.ideationAt, to } : null;
}
