import { rejectionText, type Rejection } from '../../graphql/rejections';
import { dayAndTime, time } from '../../i18n/format';
import type { Entry } from '../../outbox/entry';
import { isHeldBy } from '../../outbox/rules';
import type { Trouble } from '../../outbox/sender';
import { m } from '../../paraglide/messages';

const VOTES = new Set(['support', 'withdrawSupport', 'like', 'withdrawLike']);
const POSTS = new Set(['postIdea', 'postAnonymousIdea']);
const COMMENTS = new Set(['postComment', 'postAnonymousComment']);

const DAY_MS = 86_400_000;

/** The time, with its day where that is not today's. */
export function when(at: number): string {
  return Math.abs(Date.now() - at) < DAY_MS / 2 ? time(at) : dayAndTime(at);
}

/** A title as a part of a sentence that may run the other way. */
const apart = (title: string): string => `\u2068${title}\u2069`;

/** What it is, in one line. */
export function kindWords({ kind, note }: Entry): string {
  const title = apart(note.title ?? m.wait_some_idea());
  if (POSTS.has(kind)) return m.wait_kind_idea({ title });
  if (COMMENTS.has(kind)) return m.wait_kind_comment({ title });
  if (kind === 'support') return m.wait_kind_support({ title });
  if (kind === 'withdrawSupport') return m.wait_kind_withdraw({ title });
  if (kind === 'like') return m.wait_kind_like({ title });
  if (kind === 'withdrawLike') return m.wait_kind_withdraw_like({ title });
  return kind === 'fileReport' ? m.wait_kind_report({ title }) : m.wait_kind_edit({ title });
}

/** What stands below that line: its text without its title. */
export function bodyOf({ input }: Entry): string {
  return [input.body, input.note].filter((part): part is string => typeof part === 'string').join('');
}

/** Everything that somebody wrote in it; empty for a tap. */
export function textOf({ input }: Entry): string {
  return [input.title, input.body, input.note].filter((part): part is string => typeof part === 'string' && part !== '').join('\n\n');
}

/** Why it was not done, and what can be done now. */
export function refusalWords({ kind, rejection: refusal }: Entry): string {
  const rejection = refusal as Rejection | undefined;
  if (!rejection) return m.wait_broken();
  const advice = adviceFor(kind, rejection);
  return advice ? `${rejectionText(rejection)} ${advice}` : rejectionText(rejection);
}

function adviceFor(kind: string, { __typename: code }: Rejection): string | null {
  const isVote = VOTES.has(kind);
  if (code === 'TermsNotAccepted') return null;
  if (code === 'PhaseClosed') return isVote ? m.wait_advice_closed_vote() : m.wait_advice_closed();
  if (code === 'NotFound') return isVote ? m.wait_advice_gone_vote() : m.wait_advice_gone();
  if (isVote) return null;
  if (code === 'Locked' || code === 'ReadingOnly') return POSTS.has(kind) ? m.wait_advice_topic() : m.wait_advice_comment();
  return code === 'Conflict' ? m.wait_advice_edit() : m.wait_advice_text();
}

/** Why it waits, where there is more to say than that it is under way; null else. */
export function waitingWords(entry: Entry, entries: readonly Entry[], trouble: Trouble | null, isOnline: boolean): string | null {
  const holder = isHeldBy(entry, entries);
  if (holder) return m.wait_held({ title: apart(holder.note.title ?? '') });
  if (entry.state === 'keeping') return m.wait_keeping();
  if (!isOnline) return m.ui_waiting();
  if (entry.notBefore && entry.notBefore > Date.now()) return m.wait_until({ at: when(entry.notBefore) });
  if (trouble?.is === 'stranger') return m.wait_sign_in();
  if (trouble?.is === 'outdated') return m.wait_outdated();
  return trouble?.until ? m.wait_next_try({ at: when(trouble.until) }) : null;
}
