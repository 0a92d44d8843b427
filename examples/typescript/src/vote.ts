import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, graphql, NoAnswer } from './ask.js';

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
  for (let tries = 0; ; tries += 1) {
    try {
      return (await ask(Support, { input })).supportIdea;
    } catch (error) {
      if (!(error instanceof NoAnswer) || tries === 5) throw error;
      await pause(1000 * Math.max(error.afterSeconds, 2 ** tries / 5));
    }
  }
}
