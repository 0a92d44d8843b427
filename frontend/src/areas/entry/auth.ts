import { post } from '../../session/post';

/** What became of asking for a link by e-mail, or of using one. */
export type AuthAnswer = 'done' | 'refused' | 'other-browser' | 'too-many' | 'no-answer';

function judge(response: Response | null): AuthAnswer {
  if (!response || response.status >= 500) return 'no-answer';
  if (response.status === 429) return 'too-many';
  if (response.status === 403) return 'other-browser';
  return response.ok ? 'done' : 'refused';
}

export interface LinkRequest {
  email: string;
  language: string;
  name?: string;
  invitation?: string;
  next?: string;
}

/** Ask for a link by e-mail. The server answers alike whether it knows the address or not. */
export async function askForLink(request: LinkRequest): Promise<AuthAnswer> {
  return judge(await post('/auth/link', request));
}

/** Use the token of a mailed link: on success the session cookie is set and `next` says where to go. */
export async function enter(token: string): Promise<{ answer: AuthAnswer; next: string }> {
  const response = await post('/auth/enter', { token });
  const answer = judge(response);
  const body = answer === 'done' ? ((await response?.json()) as { next?: string }) : {};
  return { answer, next: localPath(body.next) };
}

/** How one can sign in besides by a mailed link; `company` is the name of the company's account. */
export interface Ways {
  company: string | null;
  passkey: boolean;
}

/** The ways there are. By mail is always one, so trouble here is no trouble. */
export async function waysIn(): Promise<Ways> {
  try {
    const response = await fetch('/auth/ways', { credentials: 'same-origin' });
    return response.ok ? ((await response.json()) as Ways) : { company: null, passkey: false };
  } catch {
    return { company: null, passkey: false };
  }
}

/** Only paths of this site: a link may not send people elsewhere. */
export function localPath(next: string | null | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
