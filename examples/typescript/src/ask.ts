import { setTimeout as pause } from 'node:timers/promises';
import { initGraphQLTada, type TadaDocumentNode } from 'gql.tada';
import { print } from 'graphql';
import type { introspection } from './schema-types.js';

/** Documents are checked against the schema when they are compiled; their answers and variables have types. */
export const graphql = initGraphQLTada<{ introspection: introspection }>();

export const server = process.env['HOTHOUSE'] ?? 'http://127.0.0.1:8000';
export const token = process.env['HOTHOUSE_TOKEN'] ?? '';

/** No answer, or one that says "later": what was asked may or may not have happened. */
export class NoAnswer extends Error {
  constructor(readonly afterSeconds: number) {
    super('the server did not answer');
  }
}

/** The data of an answer. Throws for an answer with errors, and NoAnswer where it is worth asking again. */
export async function ask<Result, Variables>(document: TadaDocumentNode<Result, Variables>, variables: Variables): Promise<Result> {
  const response = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: print(document), variables }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => {
    throw new NoAnswer(0);
  });
  if (response.status === 429 || response.status === 503) {
    throw new NoAnswer(Number(response.headers.get('Retry-After') ?? 1));
  }
  const answer = (await response.json()) as { data?: Result; errors?: { message: string }[] };
  if (answer.errors?.[0] || answer.data === undefined) {
    throw new Error(answer.errors?.[0]?.message ?? `the server answered ${response.status}`);
  }
  return answer.data;
}

/** Asks again, after longer and longer pauses, while no answer comes: for what may be asked twice, a question or a command with
 *  its commandId. */
export async function persist<Answer>(asking: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await asking();
    } catch (error) {
      if (!(error instanceof NoAnswer) || tries === 5) throw error;
      await pause(1000 * Math.max(error.afterSeconds, 2 ** tries / 5));
    }
  }
}
