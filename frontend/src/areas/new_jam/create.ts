import type { ResultOf } from '../../graphql/graphql';
import { send, type Outcome, type SuccessOf } from '../../graphql/send';
import { AddTopic } from '../organize/documents';
import { fromFields } from '../organize/plan';
import { toInput } from '../organize/texts';
import { CreateJam } from './documents';
import { inLanguages, writtenTopics, type Draft } from './draft';

type Created = SuccessOf<ResultOf<typeof CreateJam>>;

/** Create the jam. Nothing is sent while a date is missing. */
export async function createJam(draft: Draft, slug: string): Promise<Outcome<Created>> {
  const schedule = fromFields(draft.plan, null);
  if (!schedule) throw new TypeError('The plan has an empty date.');
  const { titles, questions, languages, main } = draft;
  return send(CreateJam, {
    slug,
    titles: toInput(inLanguages(titles, languages)),
    questions: toInput(inLanguages(questions, languages)),
    languages,
    mainLanguage: main,
    schedule,
  });
}

/** Add the first topics, in their order; how many could not be added. */
export async function addTopics(jamId: string, draft: Draft): Promise<number> {
  let failed = 0;
  for (const titles of writtenTopics(draft)) {
    const outcome = await send(AddTopic, { jamId, titles: toInput(inLanguages(titles, draft.languages)) });
    if (!outcome.ok) failed += 1;
  }
  return failed;
}
