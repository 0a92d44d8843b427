import { setTimeout as pause } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import type { ResultOf } from 'gql.tada';
import { WebSocket } from 'undici';
import { ask, graphql, server, token } from './ask.js';

const Here = graphql(`query Here($slug: String!) { jam(slug: $slug) { id seq } }`);

const Changes = graphql(`
  subscription Changes($jamId: ID!, $afterSeq: Int!) {
    jamChanges(jamId: $jamId, afterSeq: $afterSeq) { seq mustRefetch ideas { title supportCount } }
  }
`);

/** Whether a connection ended that may be made again: the server ends, or we were too slow. Not where it knows us no more. */
function isDropped(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return error instanceof Event && !(code === 4400 || code === 4401 || code === 4403);
}

/** What changes in a jam, from now on and through dropped connections: it goes on after the last number that was seen.
 *  Where `mustRefetch` is true, so much happened meanwhile that it is not told one by one: read the jam anew. */
export async function* changes(slug: string) {
  const { jam } = await ask(Here, { slug });
  if (!jam) throw new Error(`there is no jam ${slug} for you`);
  const client = createClient({
    url: `${server.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { token },
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  for (let seq = jam.seq; ; await pause(500)) {
    try {
      const query = { query: print(Changes), variables: { jamId: jam.id, afterSeq: seq } };
      for await (const { data, errors } of client.iterate<ResultOf<typeof Changes>>(query)) {
        if (!data) throw new Error(errors?.[0]?.message ?? 'no data');
        seq = data.jamChanges.seq;
        yield data.jamChanges;
      }
    } catch (error) {
      if (!isDropped(error)) throw error;
    }
  }
}
