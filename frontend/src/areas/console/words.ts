import type { ContentStatus, Phase, ReportOutcome } from '../../graphql/graphql';
import { rejectionText, type Rejection } from '../../graphql/rejections';
import { m } from '../../paraglide/messages';
import type { IconName } from '../../ui/icons';
import { problemOf } from '../../ui/problems';
import { isMarked, type Act, type ActName, type Actable } from './acts';
import type { Trouble } from './desk.svelte';
import type { Command } from './keys';

type Words<Code extends string> = Record<Code, () => string>;

const acts: Words<ActName> = {
  dismiss: m.console_act_dismiss,
  hide: m.console_act_hide,
  remove: m.console_act_remove,
  restore: m.console_act_restore,
  merge: m.console_act_merge,
  unmerge: m.console_act_unmerge,
  move: m.console_act_move,
  lock: m.console_act_lock,
  pin: m.console_act_pin,
  feature: m.console_act_feature,
};

const undone: Partial<Words<ActName>> = {
  lock: m.console_act_unlock,
  pin: m.console_act_unpin,
  feature: m.console_act_unfeature,
};

const done: Words<ActName> = {
  dismiss: m.console_done_dismiss,
  hide: m.console_done_hide,
  remove: m.console_done_remove,
  restore: m.console_done_restore,
  merge: m.console_done_merge,
  unmerge: m.console_done_unmerge,
  move: m.console_done_move,
  lock: m.console_done_lock,
  pin: m.console_done_pin,
  feature: m.console_done_feature,
};

const takenOff: Partial<Words<ActName>> = {
  lock: m.console_done_unlock,
  pin: m.console_done_unpin,
  feature: m.console_done_unfeature,
};

const statuses: Words<ContentStatus> = {
  VISIBLE: m.console_status_visible,
  HIDDEN: m.console_status_hidden,
  REMOVED: m.console_status_removed,
  MERGED: m.console_status_merged,
};

const commands: Words<Exclude<Command, ActName>> = {
  next: m.console_key_next,
  previous: m.console_key_previous,
  undo: m.console_key_undo,
  stream: m.console_key_stream,
  queue: m.console_key_queue,
  keys: m.console_key_keys,
};

/** The acts as the log of moderation names them: server/jam/apply. */
const logged: Words<string> = {
  HIDDEN: m.console_log_hidden,
  RESTORED: m.console_log_restored,
  REMOVED: m.console_log_removed,
  MERGED: m.console_log_merged,
  UNMERGED: m.console_log_unmerged,
  MOVED: m.console_log_moved,
  PINNED: m.console_log_pinned,
  NOT_PINNED: m.console_log_unpinned,
  FEATURED: m.console_log_featured,
  NOT_FEATURED: m.console_log_unfeatured,
  LOCKED: m.console_log_locked,
  NOT_LOCKED: m.console_log_unlocked,
  AUDIT_KEY_SET: m.audit_log_key_set,
  ANONYMOUS_ON: m.audit_log_on,
  ANONYMOUS_OFF: m.audit_log_off,
  OPENING_REQUESTED: m.audit_log_requested,
  OPENING_DECLINED: m.audit_log_declined,
  AUTHOR_OPENED: m.audit_log_opened,
  MEMBER_MUTED: m.restrict_log_muted,
  MEMBER_SUSPENDED: m.restrict_log_suspended,
  MEMBER_RESTRICTION_LIFTED: m.restrict_log_lifted,
  MEMBER_ACT_UNDONE: m.restrict_log_undone,
  BRANCH_REVOKED: m.restrict_log_branch_revoked,
  BRANCH_RESTORED: m.restrict_log_branch_restored,
  PHASE_PLANNED: m.console_log_planned,
  PHASE_EXTENDED: m.console_log_extended,
  PHASE_CLOSED_EARLY: m.console_log_closed_early,
  PHASE_REOPENED: m.console_log_reopened,
};

/** What ends for everyone when a phase ends. */
const endings: Partial<Words<Phase>> = {
  LOBBY: m.console_phase_end_lobby,
  IDEATION: m.console_phase_end_ideation,
  REFINEMENT: m.console_phase_end_refinement,
  REVIEW: m.console_phase_end_review,
};

const outcomes: Words<ReportOutcome> = { UPHELD: m.console_outcome_upheld, DISMISSED: m.console_outcome_dismissed };

const onIdea = [m.console_reason_person, m.console_reason_abuse, m.console_reason_spam, m.console_reason_secret];

const reasons: Partial<Record<ActName, (() => string)[]>> = {
  hide: onIdea,
  remove: onIdea,
  restore: [m.console_reason_fine, m.console_reason_changed],
  merge: [m.console_reason_same],
  unmerge: [m.console_reason_different],
  move: [m.console_reason_topic],
  dismiss: [m.console_reason_keeps, m.console_reason_opinion],
  lock: [m.console_reason_heated, m.console_reason_answered],
  pin: [m.console_reason_all_should_see],
  feature: [m.console_reason_good_example],
};

/** Who reads the reason of an act that is not told to the author of the thing. */
const hints: Partial<Words<ActName>> = {
  dismiss: m.console_reason_hint_case,
  lock: m.console_reason_hint_log,
  pin: m.console_reason_hint_log,
};

const ICONS: Record<ActName, IconName> = {
  dismiss: 'check',
  hide: 'eyeOff',
  remove: 'trash',
  restore: 'eye',
  merge: 'merge',
  unmerge: 'split',
  move: 'move',
  lock: 'lock',
  pin: 'pin',
  feature: 'star',
};

export const actIcon = (name: ActName): IconName => ICONS[name];
export const statusWord = (status: ContentStatus): string => statuses[status]();
export const logWord = (act: string): string => logged[act]?.() ?? act;
export const outcomeWord = (outcome: ReportOutcome): string => outcomes[outcome]();
export const reasonHint = (name: ActName): string => (hints[name] ?? m.console_reason_hint)();
export const endingWord = (phase: Phase): string => endings[phase]?.() ?? '';

/** The verb on the button: a mark that stands is taken off; an appeal is answered. */
export function actWord(name: ActName, thing?: Actable | null, isAppeal = false): string {
  if (isAppeal && name === 'dismiss') return m.console_act_stand();
  const off = thing && isMarked(name, thing) ? undone[name] : undefined;
  return (off ?? acts[name])();
}

/** What has happened, after the act. */
export function doneWord(act: Act): string {
  const off = act.on === false ? takenOff[act.name] : undefined;
  return (off ?? done[act.name])();
}

/** What a key does. */
export function commandWord(command: Command): string {
  return command in commands ? commands[command as keyof typeof commands]() : acts[command as ActName]();
}

/** Reasons that can be taken over with one press. */
export function suggestedReasons(name: ActName): string[] {
  return (reasons[name] ?? []).map((words) => words());
}

const conflicts: Partial<Words<ActName>> = {
  dismiss: m.console_conflict_settled,
  merge: m.console_conflict_merge,
  unmerge: m.console_conflict_unmerge,
};

/** Why an act was not done, as far as the act lets us say it more exactly. */
export function actTroubleText({ name, why }: Trouble): string {
  const exact = !(why instanceof Error) && why.__typename === 'Conflict' ? conflicts[name] : undefined;
  return exact ? exact() : troubleText(why);
}

/** Whether a refusal is about a field of the input. */
export function isAbout(why: Rejection | Error, field: string): boolean {
  return !(why instanceof Error) && why.__typename === 'InvalidInput' && why.field === field;
}

/** Why something was not done. */
export function troubleText(trouble: Rejection | Error): string {
  return trouble instanceof Error ? problemOf(trouble).text : rejectionText(trouble);
}
