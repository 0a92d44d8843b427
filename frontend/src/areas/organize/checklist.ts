import type { Texts } from './texts';

/** Something to see to before a jam is published. */
export interface Item {
  what: 'topics' | 'schedule' | 'texts' | 'rules' | 'invitations';
  /** The part of these pages where it is done. */
  part: 'topics' | 'schedule' | 'texts' | 'invitations';
  isDone: boolean;
  /** Without it the jam can't be published. */
  isNeeded: boolean;
}

interface Facts {
  isPublished: boolean;
  topicCount: number;
  lobbyAt: number | null;
  now: number;
  languages: readonly string[];
  titles: Texts;
  questions: Texts;
  rules: Texts;
  usableInvitations: number;
}

/** What is there and what is missing, the needed things first. */
export function checklist(facts: Facts): Item[] {
  const everywhere = (texts: Texts): boolean => facts.languages.every((language) => Boolean(texts[language]?.trim()));
  return [
    { what: 'topics', part: 'topics', isDone: facts.topicCount > 0, isNeeded: true },
    ...(facts.isPublished ? [] : [{ what: 'schedule', part: 'schedule', isDone: isAhead(facts), isNeeded: false } as const]),
    { what: 'texts', part: 'texts', isDone: everywhere(facts.titles) && everywhere(facts.questions), isNeeded: false },
    { what: 'rules', part: 'texts', isDone: everywhere(facts.rules), isNeeded: false },
    { what: 'invitations', part: 'invitations', isDone: facts.usableInvitations > 0, isNeeded: false },
  ];
}

function isAhead({ lobbyAt, now }: Facts): boolean {
  return lobbyAt !== null && lobbyAt > now;
}
