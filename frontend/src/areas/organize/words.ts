import type { Relation } from '../../graphql/graphql';
import { list, number } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import { relationWord } from '../../ui/words';
import type { Item } from './checklist';
import type { Instant, PlanTrouble } from './plan';

type Words<Code extends string> = Record<Code, () => string>;

const instants: Words<Instant> = {
  lobbyAt: m.organize_at_lobby,
  ideationAt: m.organize_at_ideation,
  refinementAt: m.organize_at_refinement,
  reviewAt: m.organize_at_review,
  closesAt: m.organize_at_closes,
};

const planTroubles: Words<PlanTrouble> = {
  missing: m.organize_plan_missing,
  order: m.organize_plan_order,
  short: m.organize_plan_short,
  past: m.organize_plan_past,
};

const items: Words<Item['what']> = {
  topics: m.organize_check_topics,
  schedule: m.organize_check_schedule,
  texts: m.organize_check_texts,
  rules: m.organize_check_rules,
  invitations: m.organize_check_invitations,
};

export const instantWord = (name: Instant): string => instants[name]();
export const planTroubleText = (trouble: PlanTrouble): string => planTroubles[trouble]();
export const itemWord = (what: Item['what']): string => items[what]();

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long something lasts: "3 days 2 hours"; minutes only under a day. `span` in milliseconds. */
export function durationWord(span: number): string {
  const days = Math.floor(span / DAY);
  const hours = Math.floor((span % DAY) / HOUR);
  const minutes = days > 0 ? 0 : Math.round((span % HOUR) / 60_000);
  const parts = [
    days && m.organize_days({ count: days, number: number(days) }),
    hours && m.organize_hours({ count: hours, number: number(hours) }),
    minutes && m.organize_minutes({ count: minutes, number: number(minutes) }),
  ].filter(Boolean);
  return parts.join(' ') || m.organize_no_time();
}

interface AudienceLike {
  kind: 'EVERYONE' | 'RELATIONS' | 'CIRCLE';
  relations: readonly Relation[];
}

/** Whom something is for. */
export function audienceWord({ kind, relations }: AudienceLike): string {
  if (kind === 'CIRCLE') return m.organize_for_circle();
  return kind === 'EVERYONE' ? m.organize_for_everyone() : m.organize_for_relations({ names: list(relations.map(relationWord)) });
}
