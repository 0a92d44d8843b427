import { toFields, usualPlan, type PlanFields } from '../organize/plan';
import type { Texts } from '../organize/texts';

/** A jam as it is being written. */
export interface Draft {
  titles: Texts;
  questions: Texts;
  languages: string[];
  main: string;
  /** Null while the address follows the title. */
  slug: string | null;
  plan: PlanFields;
  topics: Texts[];
}

const FIRST_TOPICS = 2;

/** A draft to begin with, in the language of the page. */
export function newDraft(language: string, languages: readonly string[], now: number): Draft {
  return {
    titles: {},
    questions: {},
    languages: [...languages],
    main: language,
    slug: null,
    plan: toFields(usualPlan(now)),
    topics: Array.from({ length: FIRST_TOPICS }, () => ({})),
  };
}

/** The topics that have a title in the main language: the others are left out. */
export function writtenTopics(draft: Draft): Texts[] {
  return draft.topics.filter((titles) => titles[draft.main]?.trim());
}

/** Only the texts of languages that are chosen. */
export function inLanguages(texts: Texts, languages: readonly string[]): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([language]) => languages.includes(language)));
}
