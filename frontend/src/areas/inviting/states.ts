import { m } from '../../paraglide/messages';
import type { Invite } from './documents';

/** What an invitation is now: its state, or that its time is over before anybody used it. */
export type Standing = Invite['state'] | 'ENDED' | 'FULL';

export function standing(invite: Pick<Invite, 'state' | 'expiresAt' | 'uses' | 'maxUses' | 'kind'>, now: number): Standing {
  const isOver = invite.state === 'JOINED' || invite.state === 'DECLINED' || invite.state === 'REVOKED';
  if (isOver) return invite.state;
  if (invite.kind !== 'MAIL' && invite.uses >= invite.maxUses) return 'FULL';
  return now >= invite.expiresAt ? 'ENDED' : invite.state;
}

/** Whether it still lets somebody in, and so can be taken back. */
export function stands(is: Standing): boolean {
  return is === 'OPEN' || is === 'WAITING' || is === 'DELIVERED' || is === 'FAILED';
}

const DAY = 24 * 3_600_000;

/** Whether its mail can be sent again now: once a day, at once where it could not be delivered. */
export function canSendAgain(invite: Pick<Invite, 'kind' | 'createdAt' | 'address'>, is: Standing, now: number): boolean {
  if (invite.kind !== 'MAIL' || !invite.address) return false;
  return is === 'FAILED' || ((is === 'DELIVERED' || is === 'WAITING' || is === 'ENDED') && now >= invite.createdAt + DAY);
}

const words: Record<Standing, () => string> = {
  OPEN: m.invite_state_open,
  WAITING: m.invite_state_waiting,
  DELIVERED: m.invite_state_delivered,
  FAILED: m.invite_state_failed,
  JOINED: m.invite_state_joined,
  DECLINED: m.invite_state_declined,
  REVOKED: m.invite_state_revoked,
  ENDED: m.invite_state_ended,
  FULL: m.invite_state_full,
};

export const standingWord = (is: Standing): string => words[is]();

const kinds: Record<Invite['kind'], () => string> = { CODE: m.invite_kind_code, LINK: m.invite_kind_link, MAIL: m.invite_kind_mail };

export const kindWord = (kind: Invite['kind']): string => kinds[kind]();

/** The addresses in a text: one a line, or with commas, semicolons and spaces between; "Noa <noa@example.org>" has a name. */
export function addressesIn(text: string): { address: string; name?: string }[] {
  const found = new Map<string, { address: string; name?: string }>();
  for (const part of text.split(/[\n,;]+/)) {
    for (const guest of guestsOf(part.trim())) if (!found.has(guest.address.toLowerCase())) found.set(guest.address.toLowerCase(), guest);
  }
  return [...found.values()];
}

function guestsOf(part: string): { address: string; name?: string }[] {
  const named = /^"?([^"<]*?)"?\s*<\s*([^<>\s]+)\s*>$/.exec(part);
  if (named) return [{ address: named[2] ?? '', ...(named[1] ? { name: named[1].trim() } : {}) }];
  return part.split(/\s+/).filter(Boolean).map((address) => ({ address }));
}
