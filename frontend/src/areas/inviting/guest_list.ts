import { m } from '../../paraglide/messages';

/** What was, or would be, done with a line of a list. */
export type LineState =
  | 'READY'
  | 'QUEUED'
  | 'BAD_ADDRESS'
  | 'BAD_NAME'
  | 'BAD_LINE'
  | 'UNKNOWN_RELATION'
  | 'UNKNOWN_ROLE'
  | 'UNKNOWN_LANGUAGE'
  | 'DUPLICATE'
  | 'MEMBER'
  | 'INVITED'
  | 'DECLINED'
  | 'NOT_DONE';

export interface ListReport {
  lines: { line: number; address: string; state: LineState; of: number | null }[];
  counts: Partial<Record<LineState, number>>;
  stopped: string | null;
}

export interface ListAsked {
  slug: string;
  /** The same list under the same id is carried out once. */
  id: string;
  relation: string;
  language: string;
  line: string;
}

export type ListAnswer<T> = { ok: true; value: T } | { ok: false; message: string | null };

async function ask<T>(asked: ListAsked, list: Blob, more: Record<string, string>, read: (response: Response) => Promise<T>): Promise<ListAnswer<T>> {
  const { slug, ...rest } = asked;
  try {
    const response = await fetch(`/invitations/${encodeURIComponent(slug)}/list?${new URLSearchParams({ ...rest, ...more })}`, {
      method: 'POST',
      headers: { 'X-Hothouse': '1', 'Content-Type': 'text/csv' },
      credentials: 'same-origin',
      body: list,
    });
    if (response.ok) return { ok: true, value: await read(response) };
    const { message } = (await response.json().catch(() => ({}))) as { message?: string };
    return { ok: false, message: message ?? null };
  } catch {
    return { ok: false, message: null };
  }
}

/** Only look at a list. */
export const lookAt = (asked: ListAsked, list: Blob): Promise<ListAnswer<ListReport>> => ask(asked, list, {}, (response) => response.json());

/** Invite whoever is ready. */
export const carryOut = (asked: ListAsked, list: Blob): Promise<ListAnswer<ListReport>> => ask(asked, list, { do: '1' }, (response) => response.json());

/** The report of a list for a spreadsheet. */
export const reportOf = (asked: ListAsked, list: Blob): Promise<ListAnswer<Blob>> => ask(asked, list, { format: 'csv' }, (response) => response.blob());

const words: Record<LineState, () => string> = {
  READY: m.invite_line_ready,
  QUEUED: m.invite_line_queued,
  BAD_ADDRESS: m.invite_line_bad_address,
  BAD_NAME: m.invite_line_bad_name,
  BAD_LINE: m.invite_line_bad_line,
  UNKNOWN_RELATION: m.invite_line_unknown_relation,
  UNKNOWN_ROLE: m.invite_line_unknown_role,
  UNKNOWN_LANGUAGE: m.invite_line_unknown_language,
  DUPLICATE: m.invite_line_duplicate,
  MEMBER: m.invite_line_member,
  INVITED: m.invite_line_invited,
  DECLINED: m.invite_line_declined,
  NOT_DONE: m.invite_line_not_done,
};

export const lineWord = (state: LineState): string => words[state]();
