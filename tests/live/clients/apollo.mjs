/** Apollo Client, with a link for HTTP and one for graphql-ws, as in its documentation. */
import assert from 'node:assert/strict';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { heard, pause } from './server.mjs';

// Its link looks for the browser's own class when it is told of errors; Node.js has one from version 22 on.
globalThis.WebSocket ??= WebSocket;

const IDEA = gql`
  fragment IdeaParts on Idea { id seq title supportCount author { name relation } topic { id title } }
`;

const BOARD = gql`
  ${IDEA}
  query Board($slug: String!, $withBody: Boolean!) {
    jam(slug: $slug) {
      id
      seq
      newest: ideas(order: NEW, first: 3) { edges { node { ...IdeaParts body @include(if: $withBody) } } pageInfo { hasNextPage } }
    }
  }
`;

const CHANGES = gql`
  ${IDEA}
  subscription Changes($jamId: ID!, $afterSeq: Int!) {
    jamChanges(jamId: $jamId, afterSeq: $afterSeq) { seq ideas { ...IdeaParts } }
  }
`;

const SUPPORT = gql`
  mutation Support($input: IdeaInput!) {
    supportIdea(input: $input) { ... on IdeaSuccess { seq idea { id supportCount } } ... on Rejection { code message } }
  }
`;

export function apollo(world) {
  describe('Apollo Client', () => {
    let socket;
    let client;
    let other;

    before(() => {
      const { person, server } = world;
      other = world.other;
      socket = createClient({ url: server.socketUrl, webSocketImpl: person.WebSocket, retryAttempts: Infinity, retryWait: () => pause(100), shouldRetry: () => true });
      const http = new HttpLink({ uri: `${server.url}/graphql`, fetch: person.fetch });
      const isLive = ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION;
      client = new ApolloClient({ link: ApolloLink.split(isLive, new GraphQLWsLink(socket), http), cache: new InMemoryCache() });
    });
    after(() => {
      client.stop();
      return socket.dispose();
    });

    function listen(variables) {
      const news = heard();
      const following = client.subscribe({ query: CHANGES, variables }).subscribe({
        next: (result) => news.push(result),
        error: (error) => news.push({ error }),
        complete: () => news.push({ complete: true }),
      });
      return { news, following };
    }

    it('writes what subscriptions bring into its cache, by id', async () => {
      const { data } = await client.query({ query: BOARD, variables: { slug: 'rimon-hale', withBody: true } });
      const { id, seq, newest } = data.jam;
      const idea = newest.edges[0].node;
      assert.equal(typeof idea.body, 'string');
      assert.equal(idea.__typename, 'Idea');
      const { news, following } = listen({ jamId: id, afterSeq: seq });
      const done = await other.support(idea.id);
      await news.until((each) => each.data?.jamChanges.seq >= done.seq, 'the tick');
      const again = client.readQuery({ query: BOARD, variables: { slug: 'rimon-hale', withBody: true } });
      assert.equal(again.jam.newest.edges[0].node.supportCount, idea.supportCount + 1);
      following.unsubscribe();
      await other.support(idea.id, false);
    });

    it('mutates, and sees a refusal as data and a bad document as errors', async () => {
      const { ideas } = await world.person.jam();
      const idea = ideas.edges[1].node;
      const input = { commandId: randomUUID(), ideaId: idea.id };
      const first = await client.mutate({ mutation: SUPPORT, variables: { input } });
      const again = await client.mutate({ mutation: SUPPORT, variables: { input } });
      assert.equal(first.data.supportIdea.__typename, 'IdeaSuccess');
      assert.equal(again.data.supportIdea.idea.supportCount, first.data.supportIdea.idea.supportCount, 'sent twice, done once');
      const refused = await client.mutate({ mutation: SUPPORT, variables: { input: { commandId: randomUUID(), ideaId: 'i-of-nobody' } } });
      assert.equal(refused.data.supportIdea.__typename, 'NotFound');
      await assert.rejects(client.query({ query: gql`{ nothingLikeThis }` }), (error) => CombinedGraphQLErrors.is(error) && /^[A-Z_]+$/.test(error.errors[0].extensions.code));
      await world.person.support(idea.id, false);
    });

    it('is told of a refused subscription', async () => {
      const { news } = listen({ jamId: 'none', afterSeq: 0 });
      const { error } = await news.until((each) => each.error);
      assert.ok(CombinedGraphQLErrors.is(error), String(error));
      assert.match(error.errors[0].extensions.code, /^[A-Z_]+$/);
    });

    it('goes on after a kill', async () => {
      const { id, seq, ideas } = await world.person.jam();
      const { news, following } = listen({ jamId: id, afterSeq: seq });
      const before = await other.support(ideas.edges[2].node.id);
      await news.until((each) => each.data?.jamChanges.seq >= before.seq);
      await world.server.kill();
      await world.server.run();
      const after = await other.support(ideas.edges[2].node.id, false);
      const tick = await news.until((each) => each.data?.jamChanges.seq >= after.seq, 'the tick after the kill');
      assert.equal(tick.data.jamChanges.ideas.find((idea) => idea.id === after.idea.id).supportCount, after.idea.supportCount);
      following.unsubscribe();
    });
  });
}
