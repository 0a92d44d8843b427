import type { PushWishes } from './documents';
import { m } from '../../paraglide/messages';

export type PushKind = PushWishes['kinds'][number];

/** What one can be told of, in the order it is offered in. */
export const kindWords: Record<PushKind, () => string> = {
  BUILT_ON: m.push_kind_BUILT_ON,
  COMMENT: m.push_kind_COMMENT,
  DECISION: m.push_kind_DECISION,
  ANNOUNCEMENT: m.push_kind_ANNOUNCEMENT,
  PHASE: m.push_kind_PHASE,
};

/** Minute of the day to what a time field holds, and back. */
export const toTime = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

export function fromTime(text: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(text) ?? [];
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes);
}
