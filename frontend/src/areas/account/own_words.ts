import { m } from '../../paraglide/messages';
import type { OwnTrouble } from '../../session/own';

/** What a token can be given beside reading. */
export const SCOPES = ['POST', 'VOTE', 'MODERATE', 'ORGANIZE'];

const scopes: Record<string, () => string> = {
  READ: m.token_scope_read,
  POST: m.token_scope_post,
  VOTE: m.token_scope_vote,
  MODERATE: m.token_scope_moderate,
  ORGANIZE: m.token_scope_organize,
};

export function scopeWord(scope: string): string {
  return scopes[scope]?.() ?? scope;
}

const troubles: Record<Exclude<OwnTrouble, 'refused'>, () => string> = {
  'sign-in-again': m.mydata_sign_in_again,
  'too-many': m.mydata_too_many,
  'not-confirmed': m.mydata_not_confirmed,
  'no-answer': m.state_unreachable_text,
};

/** Why it was not done, in words; the server's own where it is about something only it knows. */
export function ownTroubleText(answer: { trouble: OwnTrouble; words: string | null }): string {
  return answer.trouble === 'refused' ? (answer.words ?? m.state_unreachable_text()) : troubles[answer.trouble]();
}
