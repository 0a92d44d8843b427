import { randomUUID } from 'node:crypto';
import { ask, graphql, persist } from './ask.js';

const Support = graphql(`
  mutation Support($input: IdeaInput!) {
    supportIdea(input: $input) {
      __typename
      ... on IdeaSuccess { idea { supportCount } seq }
      ... on Rejection { code message }
      ... on TooMany { retryAfterSeconds }
    }
  }
`);

/** Supports an idea, exactly once, through any number of lost answers: each time with the same commandId. */
export async function vote(ideaId: string) {
  const input = { commandId: randomUUID(), ideaId };
  return (await persist(() => ask(Support, { input }))).supportIdea;
}
