import { m } from '../paraglide/messages';
import { dayAndTime, list } from '../i18n/format';
import { relationWord } from '../ui/words';
import { graphql, type FragmentOf, type Relation, type RestrictionKind } from './graphql';

/** Spread this in every mutation's result: `...RejectionFields`. */
export const RejectionFields = graphql(`
  fragment RejectionFields on Rejection {
    __typename
    code
    message
    ... on InvalidInput { field }
    ... on PhaseClosed { phase closedAt opensAt }
    ... on Restricted { kind until reason }
    ... on TermsNotAccepted { jamId version }
    ... on TooMany { retryAfterSeconds }
    ... on Unavailable { retryAfterSeconds }
    ... on ReadingOnly { relations }
    ... on QuotaUsed { left quota }
  }
`);

export type Rejection = FragmentOf<typeof RejectionFields>;

/** Whether the result of a mutation is a refusal. */
export function isRejection(result: { __typename?: string }): result is Rejection {
  return 'code' in result && 'message' in result;
}

/** A refusal in the words of the page's language, by its code; the server's own words for a code we don't know. */
export function rejectionText(rejection: Rejection): string {
  switch (rejection.__typename) {
    case 'PhaseClosed':
      return phaseText(rejection.opensAt, rejection.closedAt);
    case 'TooMany':
      return m.rejection_too_many({ seconds: Math.max(1, Math.ceil(rejection.retryAfterSeconds)) });
    case 'NotFound':
      return m.rejection_not_found();
    case 'NotAllowed':
      return m.rejection_not_allowed();
    case 'Restricted':
      return restrictedText(rejection);
    case 'QuotaUsed':
      return m.rejection_quota({ left: rejection.left, quota: rejection.quota });
    case 'TermsNotAccepted':
      return m.rejection_terms();
    case 'Locked':
      return m.rejection_locked();
    case 'ReadingOnly':
      return readingOnlyText(rejection.relations);
    case 'Conflict':
      return m.rejection_conflict();
    case 'Unavailable':
      return m.rejection_unavailable();
    case 'SignInRequired':
      return m.rejection_sign_in();
    default:
      return rejection.message;
  }
}

/** Who may act where one may only read. */
export function readingOnlyText(relations: readonly Relation[]): string {
  if (relations.length === 0) return m.rejection_reading_only_team();
  return m.rejection_reading_only({ names: list(relations.map(relationWord)) });
}

function restrictedText({ kind, until, reason }: { kind: RestrictionKind; until: number | null; reason: string }): string {
  if (kind === 'SUSPENDED') return m.rejection_suspended({ reason });
  return until ? m.rejection_muted_until({ at: dayAndTime(until), reason }) : m.rejection_muted({ reason });
}

function phaseText(opensAt: number | null, closedAt: number | null): string {
  if (opensAt) return m.rejection_phase_opens({ at: dayAndTime(opensAt) });
  if (closedAt) return m.rejection_phase_closed({ at: dayAndTime(closedAt) });
  return m.rejection_phase();
}
