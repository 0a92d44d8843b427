import type { IdeaOrder, Phase, Relation, ReportReason, Role } from '../graphql/graphql';
import { m } from '../paraglide/messages';

type Words<Code extends string> = Record<Code, () => string>;

const relations: Words<Relation> = {
  EMPLOYEE: m.word_relation_employee,
  FAMILY: m.word_relation_family,
  FRIEND: m.word_relation_friend,
  CLIENT: m.word_relation_client,
  PARTNER: m.word_relation_partner,
};

const roles: Words<Role> = {
  PARTICIPANT: m.word_role_participant,
  MODERATOR: m.word_role_moderator,
  REVIEWER: m.word_role_reviewer,
  SPONSOR: m.word_role_sponsor,
  ORGANIZER: m.word_role_organizer,
};

const phases: Words<Phase> = {
  DRAFT: m.word_phase_draft,
  LOBBY: m.word_phase_lobby,
  IDEATION: m.word_phase_ideation,
  REFINEMENT: m.word_phase_refinement,
  REVIEW: m.word_phase_review,
  CLOSED: m.word_phase_closed,
};

const orders: Words<IdeaOrder> = {
  HOT: m.word_order_hot,
  NEW: m.word_order_new,
  TOP: m.word_order_top,
  RISING: m.word_order_rising,
  DISCUSSED: m.word_order_discussed,
  UNATTENDED: m.word_order_unattended,
  FAIR: m.word_order_fair,
};

const orderHints: Words<IdeaOrder> = {
  HOT: m.board_order_hint_hot,
  NEW: m.board_order_hint_new,
  TOP: m.board_order_hint_top,
  RISING: m.board_order_hint_rising,
  DISCUSSED: m.board_order_hint_discussed,
  UNATTENDED: m.board_order_hint_unattended,
  FAIR: m.board_order_hint_fair,
};

const reasons: Words<ReportReason> = {
  SPAM: m.word_reason_spam,
  ABUSE: m.word_reason_abuse,
  PERSONAL_DATA: m.word_reason_personal_data,
  OFF_TOPIC: m.word_reason_off_topic,
  OTHER: m.word_reason_other,
  APPEAL: m.word_reason_appeal,
};

/** The words of the API's codes in the page's language. */
export const relationWord = (code: Relation): string => relations[code]();
export const roleWord = (code: Role): string => roles[code]();
export const phaseWord = (code: Phase): string => phases[code]();
export const orderWord = (code: IdeaOrder): string => orders[code]();
export const orderHint = (code: IdeaOrder): string => orderHints[code]();
export const reasonWord = (code: ReportReason): string => reasons[code]();

export const RELATIONS = Object.keys(relations) as Relation[];
const ROLES = Object.keys(roles) as Role[];
export const ORDERS = Object.keys(orders) as IdeaOrder[];
export const REASONS = Object.keys(reasons) as ReportReason[];

/** Relations and roles to choose from, in the page's language. */
export const relationOptions = (codes: readonly Relation[] = RELATIONS): { value: Relation; label: string }[] =>
  codes.map((value) => ({ value, label: relationWord(value) }));
export const roleOptions = (): { value: Role; label: string }[] => ROLES.map((value) => ({ value, label: roleWord(value) }));

/** The name above something: of whoever wrote it, or that it has none. */
export function authorWord(author: { name: string | null; isAnonymous?: boolean } | null | undefined): string {
  return author?.name ?? (author?.isAnonymous ? m.anon_author() : m.ui_nameless());
}
