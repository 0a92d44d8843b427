import { expect, it } from 'vitest';
import { keeps } from './stream_filter';

const idea = { __typename: 'Idea', status: 'VISIBLE', topic: { id: 't1' } } as const;
const comment = { __typename: 'Comment', status: 'HIDDEN', idea: { topic: { id: 't2' } } } as const;

it.each([
  ['all', '', true, true],
  ['ideas', '', true, false],
  ['comments', '', false, true],
  ['aside', '', false, true],
  ['all', 't1', true, false],
  ['all', 't2', false, true],
  ['ideas', 't2', false, false],
] as const)('showing %s of topic "%s" keeps the idea: %s, the comment: %s', (show, topicId, keepsIdea, keepsComment) => {
  expect([keeps({ show, topicId }, idea), keeps({ show, topicId }, comment)]).toEqual([keepsIdea, keepsComment]);
});
