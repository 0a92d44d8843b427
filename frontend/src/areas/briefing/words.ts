import { decimal, number, percent } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import type { Numbers } from '../map/documents';
import type { Criterion, Sure, Trend } from './figures';

/** Every number of the briefing that can be explained. */
export type Figured = Criterion | 'supporters' | 'topics' | 'countries' | 'relations' | 'confidence';

const names: Record<Figured, () => string> = {
  support: m.briefing_support,
  breadth: m.briefing_breadth,
  momentum: m.briefing_momentum,
  novelty: m.briefing_novelty,
  supporters: m.briefing_supporters,
  topics: m.briefing_topics,
  countries: m.briefing_countries,
  relations: m.briefing_relations,
  confidence: m.briefing_confidence,
};

const explanations: Record<Figured, () => string> = {
  support: m.briefing_why_support,
  breadth: m.briefing_why_breadth,
  momentum: m.briefing_why_momentum,
  novelty: m.briefing_why_novelty,
  supporters: m.briefing_why_supporters,
  topics: m.briefing_why_topics,
  countries: m.briefing_why_countries,
  relations: m.briefing_why_relations,
  confidence: m.briefing_why_confidence,
};

const trends: Record<Trend, () => string> = { rising: m.briefing_rising, steady: m.briefing_steady, fading: m.briefing_fading };
const sures: Record<Sure, () => string> = { firm: m.briefing_sure_firm, fair: m.briefing_sure_fair, loose: m.briefing_sure_loose };

export const FIGURES = Object.keys(names) as Figured[];
export const nameOf = (figure: Figured): string => names[figure]();
export const explanationOf = (figure: Figured): string => explanations[figure]();
export const trendWord = (trend: Trend): string => trends[trend]();
export const sureWord = (sure: Sure): string => sures[sure]();

/** A multiple as it is read: 0.25×, 3.1×. */
export function timesText(value: number): string {
  return m.briefing_times({ number: decimal(value, value < 1 ? 2 : 1) });
}

/** A number of the briefing as it is read: 381, 95%, 0.2 times. */
export function textOf(numbers: Numbers, figure: Exclude<Figured, 'confidence'>): string {
  if (figure === 'breadth' || figure === 'novelty') return percent(numbers[figure]);
  return figure === 'momentum' ? timesText(numbers.momentum) : number(numbers[figure]);
}
