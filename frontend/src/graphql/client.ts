import { Client, createRequest, fetchExchange } from '@urql/core';
import type { AnyVariables, CombinedError, GraphQLRequest, OperationResult, TypedDocumentNode } from '@urql/core';
import { clock } from '../session/clock.svelte';
import { RequestFailed } from './failures';
import { overloaded } from './overloaded';
import { signedOut } from './signed_out';
import { isOutdated, trusted } from './trusted';

const client = new Client({
  url: '/graphql',
  exchanges: [fetchExchange],
  requestPolicy: 'network-only',
  preferGetMethod: false,
  fetchOptions: { credentials: 'same-origin', headers: { 'X-Hothouse': '1' } },
});

/** Read from the server. Throws `RequestFailed` when there is no answer or the answer is an error. */
export async function query<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const sentAt = Date.now();
  const result = await ask('query', document, variables);
  if (result.error) throw toFailure(result.error);
  if (!result.data) throw new RequestFailed('server', 'The answer was empty.');
  learnTime(result.data, sentAt);
  return result.data;
}

/** Send a mutation once. Prefer `send` of ./send, which retries safely. */
export async function mutate<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const result = await ask('mutation', document, variables);
  if (result.error) throw toFailure(result.error);
  if (!result.data) throw new RequestFailed('server', 'The answer was empty.');
  return result.data;
}

/** By hash, which is all that a server with this page's build needs; by text where it does not know the hash. */
async function ask<Data, Variables extends AnyVariables>(
  kind: 'query' | 'mutation',
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<OperationResult<Data, Variables>> {
  const extensions = trusted.extensionsOf(document);
  const result = await execute(kind, createRequest(document, variables, extensions));
  const isToBeSentAsText = extensions !== undefined && trusted.isNotKnown(document, result.error?.graphQLErrors ?? []);
  return isToBeSentAsText ? execute(kind, createRequest(document, variables)) : result;
}

function execute<Data, Variables extends AnyVariables>(
  kind: 'query' | 'mutation',
  request: GraphQLRequest<Data, Variables>,
): Promise<OperationResult<Data, Variables>> {
  return (kind === 'query' ? client.executeQuery(request) : client.executeMutation(request)).toPromise();
}

function toFailure(error: CombinedError): RequestFailed {
  const first = error.graphQLErrors[0];
  const { code, retryAfterSeconds } = (first?.extensions ?? {}) as { code?: string; retryAfterSeconds?: number };
  const status = (error.response as Response | undefined)?.status ?? 0;
  if (code === 'SIGN_IN_REQUIRED' || status === 401) signedOut.tell();
  if (overloaded.read(first?.extensions)) return new RequestFailed('busy', first?.message ?? error.message, retryAfterSeconds);
  if (isOutdated(error.graphQLErrors)) return new RequestFailed('outdated', error.message);
  if (code === 'TOO_MANY' || status === 429) return new RequestFailed('busy', first?.message ?? error.message, retryAfterSeconds);
  if (code === 'UNAVAILABLE' || status >= 500 || !first) return new RequestFailed('network', error.message, retryAfterSeconds);
  return new RequestFailed('server', first.message);
}

function learnTime(data: unknown, sentAt: number): void {
  const answer = data as { serverTime?: unknown; jam?: { serverTime?: unknown } | null };
  const serverTime = answer.serverTime ?? answer.jam?.serverTime;
  if (typeof serverTime === 'number') clock.learn(serverTime, sentAt, Date.now());
}
