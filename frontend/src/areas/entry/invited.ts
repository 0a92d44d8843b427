import { post } from '../../session/post';

/** What became of accepting or declining what was mailed. `known`: the address has an account; `signed-in`: somebody is. */
export type InvitedAnswer = 'done' | 'over' | 'known' | 'signed-in' | 'name' | 'too-many' | 'no-answer';

const answers: Record<string, InvitedAnswer> = {
  NotFound: 'over',
  KnownAddress: 'known',
  SignedIn: 'signed-in',
  InvalidInput: 'name',
  TooMany: 'too-many',
};

async function judge(response: Response | null): Promise<InvitedAnswer> {
  if (!response || response.status >= 500) return 'no-answer';
  if (response.ok) return 'done';
  const { code } = (await response.json().catch(() => ({}))) as { code?: string };
  return answers[code ?? ''] ?? 'no-answer';
}

export interface NewPerson {
  token: string;
  name: string;
  language: string;
  country: string | null;
}

/** Accept as someone new: on success there is an account, and it is signed in. */
export async function acceptMailed(person: NewPerson): Promise<InvitedAnswer> {
  return judge(await post('/invited/accept', person));
}

/** No, thank you; with `report` also that it was an abuse. */
export async function declineMailed(token: string, report: boolean): Promise<InvitedAnswer> {
  return judge(await post('/invited/decline', { token, report }));
}

/** The token of the link that a typed code stands for; `over` for one that opens nothing. */
export async function tryCode(code: string): Promise<{ answer: InvitedAnswer; token: string }> {
  const response = await post('/join/code', { code });
  if (!response?.ok) return { answer: await judge(response), token: '' };
  const { token } = (await response.json()) as { token: string | null };
  return token ? { answer: 'done', token } : { answer: 'over', token: '' };
}

/** A code as people type it, in two groups of four. */
export function grouped(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 8);
  return letters.length > 4 ? `${letters.slice(0, 4)} ${letters.slice(4)}` : letters;
}
