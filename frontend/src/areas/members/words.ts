import type { MemberActKind, MemberActivity, MemberOrder, MemberStanding } from '../../graphql/graphql';
import { dayAndTime, number } from '../../i18n/format';
import { m } from '../../paraglide/messages';

type Counted = (values: { count: number; number: string }) => string;

const titles: Record<MemberActKind, Counted> = {
  ROLE: m.members_role_title,
  MUTE: m.members_mute_title,
  SUSPEND: m.members_suspend_title,
  LIFT: m.members_lift_title,
  INVITATIONS: m.members_invitations_title,
};

const texts: Record<MemberActKind, () => string> = {
  ROLE: m.members_role_text,
  MUTE: m.restrict_mute_text,
  SUSPEND: m.restrict_suspend_text,
  LIFT: m.restrict_lift_text,
  INVITATIONS: m.members_invitations_text,
};

const verbs: Record<MemberActKind, () => string> = {
  ROLE: m.members_change_role,
  MUTE: m.restrict_mute,
  SUSPEND: m.restrict_suspend,
  LIFT: m.restrict_lift,
  INVITATIONS: m.members_revoke_invitations,
};

const done: Record<MemberActKind, Counted> = {
  ROLE: m.members_act_role,
  MUTE: m.members_act_mute,
  SUSPEND: m.members_act_suspend,
  LIFT: m.members_act_lift,
  INVITATIONS: m.members_act_invitations,
};

const counted = (words: Counted, count: number): string => words({ count, number: number(count) });

export const actTitle = (kind: MemberActKind, count: number): string => counted(titles[kind], count);
export const actText = (kind: MemberActKind): string => texts[kind]();
export const actVerb = (kind: MemberActKind): string => verbs[kind]();
export const actDone = (kind: MemberActKind, count: number): string => counted(done[kind], count);

/** What holds of a member in a few words; null where nothing does. */
export function standingText(restriction: { kind: 'MUTED' | 'SUSPENDED'; until: number | null } | null): string | null {
  if (!restriction) return null;
  const what = restriction.kind === 'MUTED' ? m.restrict_muted() : m.restrict_suspended();
  return `${what} · ${restriction.until ? m.restrict_until({ at: dayAndTime(restriction.until) }) : m.restrict_no_end()}`;
}

const any = (): { value: string; label: string } => ({ value: '', label: m.members_any() });

export const standings = (): { value: MemberStanding | ''; label: string }[] => [
  any() as { value: ''; label: string },
  { value: 'FREE', label: m.members_free() },
  { value: 'MUTED', label: m.restrict_muted() },
  { value: 'SUSPENDED', label: m.restrict_suspended() },
];

export const activities = (): { value: MemberActivity | ''; label: string }[] => [
  any() as { value: ''; label: string },
  { value: 'ACTIVE', label: m.members_active() },
  { value: 'NEVER_POSTED', label: m.members_never_posted() },
  { value: 'INACTIVE', label: m.members_inactive() },
];

export const memberOrders = (): { value: MemberOrder; label: string }[] => [
  { value: 'NAME', label: m.members_by_name() },
  { value: 'NEWEST', label: m.members_newest() },
  { value: 'OLDEST', label: m.members_oldest() },
  { value: 'MOST_ACTIVE', label: m.members_most_active() },
  { value: 'LEAST_ACTIVE', label: m.members_least_active() },
];
