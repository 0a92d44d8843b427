/** What someone has begun to write. `updatedAt` in milliseconds since 1970. */
export interface Draft {
  title: string;
  body: string;
  topicId: string;
  language: string;
  parentIds: string[];
  /** The circle that it is for; everyone where there is none. */
  circleId?: string | null;
  updatedAt: number;
}

/** The name of the one draft of a new idea, on the device and on the server. */
export const DRAFT_KEY = 'new-idea';

const place = (personId: string, jamId: string): string => `hothouse.draft.${personId}.${jamId}.${DRAFT_KEY}`;

/** Keep a draft on this device. */
export function keepDraft(personId: string, jamId: string, draft: Draft): void {
  localStorage.setItem(place(personId, jamId), JSON.stringify(draft));
}

/** The draft on this device, or null. */
export function keptDraft(personId: string, jamId: string): Draft | null {
  return readDraft(localStorage.getItem(place(personId, jamId)));
}

export function forgetDraft(personId: string, jamId: string): void {
  localStorage.removeItem(place(personId, jamId));
}

/** A draft from its stored text; null for anything else. */
export function readDraft(text: string | null | undefined): Draft | null {
  try {
    const draft = JSON.parse(text ?? 'null') as Partial<Draft> | null;
    if (!draft || typeof draft.title !== 'string' || typeof draft.body !== 'string') return null;
    return { topicId: '', language: '', parentIds: [], updatedAt: 0, title: draft.title, body: draft.body, ...draft };
  } catch {
    return null;
  }
}

/** The one written last; an empty one is no draft. */
export function newerDraft(a: Draft | null, b: Draft | null): Draft | null {
  const [newer, older] = (a?.updatedAt ?? 0) >= (b?.updatedAt ?? 0) ? [a, b] : [b, a];
  return isWritten(newer) ? newer : newer ? null : isWritten(older) ? older : null;
}

export function isWritten(draft: Draft | null): draft is Draft {
  return draft !== null && (draft.title.trim() !== '' || draft.body.trim() !== '');
}
