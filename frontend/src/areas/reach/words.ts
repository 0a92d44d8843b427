import { list, number } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import type { Concerned } from './documents';

/** Whom and what revoking a branch concerns, as one line: only what there is. */
export function concernedText({ peopleCount, ideaCount, commentCount, invitationCount }: Pick<Concerned, 'peopleCount' | 'ideaCount' | 'commentCount' | 'invitationCount'>): string {
  const parts = [
    m.reach_people({ count: peopleCount, number: number(peopleCount) }),
    ideaCount > 0 && m.reach_ideas({ count: ideaCount, number: number(ideaCount) }),
    commentCount > 0 && m.reach_comments({ count: commentCount, number: number(commentCount) }),
    invitationCount > 0 && m.reach_invitations({ count: invitationCount, number: number(invitationCount) }),
  ];
  return list(parts.filter((part) => part !== false));
}
