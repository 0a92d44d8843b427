import type { MemberActKind, RestrictionKind, Role } from '../../graphql/graphql';
import { send, type Outcome } from '../../graphql/send';
import { ChangeRoles, LiftRestrictions, RestrictMembers, RevokeInvitationsOf, type Act, type MemberOfList } from './documents';

/** What to do to members. */
export type Order =
  | { kind: 'MUTE' | 'SUSPEND'; until: number | null; reason: string }
  | { kind: 'LIFT'; reason: string }
  | { kind: 'ROLE'; role: Role }
  | { kind: 'INVITATIONS' };

export interface Done {
  act: Act | null;
  members: readonly MemberOfList[];
}

/** As many as the server takes at once. */
export const AT_ONCE = 5_000;

/** Everyone in as many parts as needed. */
export function parts(people: readonly string[], size = AT_ONCE): string[][] {
  const found: string[][] = [];
  for (let start = 0; start < people.length; start += size) found.push(people.slice(start, start + size));
  return found;
}

/** Carries an order out for one part. */
export function carryOut(jamId: string, personIds: string[], order: Order): Promise<Outcome<Done>> {
  switch (order.kind) {
    case 'MUTE':
    case 'SUSPEND': {
      const kind: RestrictionKind = order.kind === 'MUTE' ? 'MUTED' : 'SUSPENDED';
      return send(RestrictMembers, { jamId, personIds, kind, reason: order.reason, until: order.until });
    }
    case 'LIFT':
      return send(LiftRestrictions, { jamId, personIds, reason: order.reason });
    case 'ROLE':
      return send(ChangeRoles, { jamId, personIds, role: order.role });
    case 'INVITATIONS':
      return send(RevokeInvitationsOf, { jamId, personIds });
  }
}

/** The kinds of acts, in the order in which they are offered. */
export const KINDS: readonly MemberActKind[] = ['ROLE', 'MUTE', 'SUSPEND', 'LIFT', 'INVITATIONS'];
