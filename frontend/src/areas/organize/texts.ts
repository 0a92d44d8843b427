import { query } from '../../graphql/client';
import type { ResultOf } from '../../graphql/graphql';
import { JamTextsQuery } from './documents';

/** A text in several languages: language code → text; a language without a text of its own has "". */
export type Texts = Record<string, string>;

export interface JamTexts {
  titles: Texts;
  questions: Texts;
  descriptions: Texts;
  rules: Texts;
  topics: Record<string, { titles: Texts; descriptions: Texts }>;
}

type Answer = NonNullable<ResultOf<typeof JamTextsQuery>['jam']>;

/** Everything an organizer has written, in each of the jam's languages. */
export async function loadTexts(jamId: string, languages: readonly string[], main: string): Promise<JamTexts> {
  const answers = await Promise.all(languages.map(async (language) => (await query(JamTextsQuery, { jamId, language })).jam));
  const byLanguage = Object.fromEntries(languages.map((language, at) => [language, answers[at]])) as Record<string, Answer>;
  const read = (pick: (jam: Answer) => string): Texts => ownTexts(byLanguage, main, pick);
  return {
    titles: read((jam) => jam.title),
    questions: read((jam) => jam.question),
    descriptions: read((jam) => jam.description),
    rules: read((jam) => jam.rules),
    topics: Object.fromEntries((byLanguage[main]?.topics ?? []).map(({ id }) => [id, topicTexts(id, read)])),
  };
}

function topicTexts(id: string, read: (pick: (jam: Answer) => string) => Texts): { titles: Texts; descriptions: Texts } {
  const topic = (jam: Answer) => jam.topics.find((candidate) => candidate.id === id);
  return { titles: read((jam) => topic(jam)?.title ?? ''), descriptions: read((jam) => topic(jam)?.description ?? '') };
}

/**
 * The texts that are a language's own: where there is none the server answers with the main language's, and a text
 * equal to that says the same to readers whether it is kept or not.
 */
export function ownTexts<T>(byLanguage: Record<string, T>, main: string, pick: (answer: T) => string): Texts {
  const mainText = byLanguage[main] === undefined ? '' : pick(byLanguage[main]);
  const own = ([language, answer]: [string, T]) => {
    const text = answer ? pick(answer) : '';
    return [language, language !== main && text === mainText ? '' : text];
  };
  return Object.fromEntries(Object.entries(byLanguage).map(own));
}

/** The languages of a jam with the main one at the head: it is written first. */
export function mainFirst(languages: readonly string[], main: string): string[] {
  return [...languages].sort((a, b) => Number(b === main) - Number(a === main));
}

/** As a mutation takes it: only languages that have a text. */
export function toInput(texts: Texts): { language: string; text: string }[] {
  return Object.entries(texts)
    .map(([language, text]) => ({ language, text: text.trim() }))
    .filter(({ text }) => text !== '');
}
