/** @urql/core with its subscriptionExchange, as in its documentation. */
import assert from 'node:assert/strict';
import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { after, before, describe, it } from 'node:test';
import { checkShape, numbers, schema, selection } from './documents.mjs';
import { heard, pause } from './server.mjs';

const CHANGES = gql`
  subscription ($jamId: ID!, $afterSeq: Int!) {
    jamChanges(jamId: $jamId, afterSeq: $afterSeq) { seq ideas { id seq supportCount } }
  }
`;

export function urql(world) {
  describe('@urql/core', () => {
    let socket;
    let client;
    let other;

    before(() => {
      const { person, server } = world;
      other = world.other;
      socket = createClient({ url: server.socketUrl, webSocketImpl: person.WebSocket, retryAttempts: Infinity, retryWait: () => pause(100), shouldRetry: () => true });
      client = new Client({
        url: `${server.url}/graphql`,
        fetch: person.fetch,
        preferGetMethod: false,
        requestPolicy: 'network-only',
        exchanges: [
          fetchExchange,
          subscriptionExchange({
            forwardSubscription: (request) => ({
              subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink) }),
            }),
          }),
        ],
      });
    });
    after(() => socket.dispose());

    function listen(document, variables) {
      const news = heard();
      const { unsubscribe } = client.subscription(document, variables).subscribe((result) => news.push(result));
      return { news, unsubscribe };
    }

    it('queries, follows, and ends', async () => {
      const { id, seq, ideas } = await world.person.jam();
      const { news, unsubscribe } = listen(CHANGES, { jamId: id, afterSeq: seq });
      const done = await other.support(ideas.edges[0].node.id);
      const tick = await news.until(({ data }) => data?.jamChanges.seq >= done.seq, 'the tick');
      assert.equal(tick.error, undefined);
      assert.equal(tick.data.jamChanges.ideas.find((idea) => idea.id === done.idea.id).supportCount, done.idea.supportCount);
      unsubscribe();
      const { data, error } = await client.query('query ($id: ID!) { idea(id: $id) { supportCount } }', { id: done.idea.id });
      assert.equal(error, undefined);
      assert.equal(data.idea.supportCount, done.idea.supportCount);
      const count = news.values.length;
      await other.support(done.idea.id, false);
      await pause(600);
      assert.equal(news.values.length, count, 'nothing comes after the end');
    });

    it('tells a refused subscription and a refused query as errors', async () => {
      const { news } = listen('subscription { jamChanges(jamId: "none", afterSeq: 0) { seq } }', {});
      const { error } = await news.until((result) => result.error);
      assert.match(error.graphQLErrors[0].extensions.code, /^[A-Z_]+$/);
      const wrong = await client.query('{ nothingLikeThis }', {});
      assert.match(wrong.error.graphQLErrors[0].extensions.code, /^[A-Z_]+$/);
    });

    it('goes on after a kill', async () => {
      const { id, seq, ideas } = await world.person.jam();
      const { news, unsubscribe } = listen(CHANGES, { jamId: id, afterSeq: seq });
      const before = await other.support(ideas.edges[1].node.id);
      await news.until(({ data }) => data?.jamChanges.seq >= before.seq);
      await world.server.kill();
      await world.server.run();
      const after = await other.support(ideas.edges[1].node.id, false);
      const tick = await news.until(({ data }) => data?.jamChanges.seq >= after.seq, 'the tick after the kill');
      assert.equal(tick.data.jamChanges.ideas.find((idea) => idea.id === after.idea.id).supportCount, after.idea.supportCount);
      unsubscribe();
    });

    it('may select anything legal over HTTP', async () => {
      for (let seed = 101; seed <= 140; seed += 1) {
        const query = `{ jam(slug: "rimon-hale") { ${selection(schema.getType('Jam'), numbers(seed))} } }`;
        const { data, error } = await client.query(query, {});
        const codes = error?.graphQLErrors.map((each) => each.extensions.code) ?? [];
        assert.ok(!error || codes.every((code) => code === 'NOT_ALLOWED'), `${query}\n${error}`);
        if (!error) checkShape(schema.getQueryType(), data, parse(query).definitions[0]);
      }
    });
  });
}
