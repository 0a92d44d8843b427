/** graphql-ws, the reference client of the protocol `graphql-transport-ws`. */
import assert from 'node:assert/strict';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { after, before, describe, it } from 'node:test';
import { checkShape, numbers, schema, selection } from './documents.mjs';
import WebSocket from 'ws';
import { heard, pause } from './server.mjs';

const CHANGES = `subscription Changes($jamId: ID!, $afterSeq: Int!) {
  jamChanges(jamId: $jamId, afterSeq: $afterSeq) { fromSeq seq mustRefetch ideas { id seq supportCount } } }`;

export function graphqlWs(world) {
  describe('graphql-ws', () => {
    const made = [];
    let person;
    let other;

    function client(options = {}, webSocketImpl = person.WebSocket) {
      const one = createClient({ url: world.server.socketUrl, webSocketImpl, lazy: true, retryAttempts: 0, ...options });
      made.push(one);
      return one;
    }

    /** A subscription or query, and everything that comes of it. */
    function listen(one, payload) {
      const news = heard();
      const end = heard();
      const stop = one.subscribe(payload, {
        next: (value) => news.push(value),
        error: (error) => end.push({ error }),
        complete: () => end.push({ complete: true }),
      });
      return { news, end, stop };
    }

    before(() => {
      person = world.person;
      other = world.other;
    });
    after(() => Promise.all(made.map((one) => one.dispose())));

    it('gets a tick with absolute totals after a vote, and the same idea the query shows', async () => {
      const { id, seq, ideas } = await person.jam();
      const idea = ideas.edges[0].node;
      const { news, stop } = listen(client(), { query: CHANGES, variables: { jamId: id, afterSeq: seq } });
      const done = await other.support(idea.id);
      const tick = await news.until(({ data }) => data.jamChanges.seq >= done.seq, 'the tick');
      const told = tick.data.jamChanges.ideas.find((each) => each.id === idea.id);
      assert.equal(told.supportCount, idea.supportCount + 1);
      assert.equal(tick.data.jamChanges.mustRefetch, false);
      stop();
      await other.support(idea.id, false);
    });

    it('stops when it completes, and the socket serves the others on', async () => {
      const { id, seq, ideas } = await person.jam();
      const one = client();
      const payload = { query: CHANGES, variables: { jamId: id, afterSeq: seq } };
      const stopped = listen(one, payload);
      const kept = listen(one, payload);
      const first = await other.support(ideas.edges[1].node.id);
      await stopped.news.until(({ data }) => data.jamChanges.seq >= first.seq);
      stopped.stop();
      await stopped.end.until(({ complete }) => complete);
      const before = stopped.news.values.length;
      const second = await other.support(ideas.edges[1].node.id, false);
      await kept.news.until(({ data }) => data.jamChanges.seq >= second.seq);
      assert.equal(stopped.news.values.length, before);
      kept.stop();
    });

    it('is refused a bad document by an error, and keeps its socket', async () => {
      const { id, seq } = await person.jam();
      let opened = 0;
      const one = client({ on: { connected: () => (opened += 1) } });
      const kept = listen(one, { query: CHANGES, variables: { jamId: id, afterSeq: seq } });
      const bad = [
        { query: 'subscription { nothingLikeThis }' },
        { query: 'subscription {' },
        { query: CHANGES, variables: { jamId: id } },
        { query: CHANGES, variables: { jamId: 'j-of-somebody-else', afterSeq: 0 } },
      ];
      for (const payload of bad) {
        const { error } = await listen(one, payload).end.until((end) => end.error);
        assert.ok(Array.isArray(error), `errors of GraphQL, not ${error}`);
        assert.ok(error[0].message.length > 0);
        assert.match(error[0].extensions.code, /^[A-Z_]+$/);
      }
      const { seq: later } = await other.support((await person.jam()).ideas.edges[2].node.id);
      await kept.news.until(({ data }) => data.jamChanges.seq >= later);
      assert.equal(opened, 1);
      kept.stop();
    });

    it('keeps alive by ping and pong', async () => {
      const { id, seq } = await person.jam();
      let pongs = 0;
      const one = client({ keepAlive: 100, on: { pong: (received) => received && (pongs += 1) } });
      const { stop, end } = listen(one, { query: CHANGES, variables: { jamId: id, afterSeq: seq } });
      for (let waited = 0; pongs < 3 && waited < 5_000; waited += 50) await pause(50);
      assert.ok(pongs >= 3, `${pongs} pongs`);
      assert.deepEqual(end.values, []);
      stop();
    });

    it('is told nothing of a jam without being signed in', async () => {
      const { id } = await person.jam();
      const { error } = await listen(client({}, WebSocket), { query: CHANGES, variables: { jamId: id, afterSeq: 0 } }).end.until((end) => end.error);
      assert.equal(error[0].extensions.code, 'SIGN_IN_REQUIRED');
    });

    it('comes back by itself after a kill, and misses nothing that was acknowledged', async () => {
      const { id, seq, ideas } = await person.jam();
      const [first, second] = ideas.edges.slice(3).map((edge) => edge.node);
      const one = client({ retryAttempts: Infinity, retryWait: () => pause(100), shouldRetry: () => true });
      const { news, end, stop } = listen(one, { query: CHANGES, variables: { jamId: id, afterSeq: seq } });
      const before = await other.support(first.id);
      await world.server.kill();
      await world.server.run();
      const after = await other.support(second.id);
      const known = new Map();
      await news.until(({ data }) => data.jamChanges.seq >= after.seq, 'the tick after the kill');
      for (const { data } of news.values) {
        for (const idea of data.jamChanges.ideas) if (idea.seq >= (known.get(idea.id)?.seq ?? 0)) known.set(idea.id, idea);
      }
      assert.equal(known.get(first.id).supportCount, before.idea.supportCount);
      assert.equal(known.get(second.id).supportCount, after.idea.supportCount);
      assert.deepEqual(end.values, []);
      stop();
    });

    it('asks queries over the socket and gets what HTTP answers', async () => {
      const query = '{ jam(slug: "rimon-hale") { id title counts { ideas comments } topics { id title } } }';
      const { news, end } = listen(client(), { query });
      await end.until(({ complete }) => complete);
      assert.deepEqual(news.values, [{ data: await person.ask(query) }]);
    });

    it('may select anything legal', async () => {
      const { id } = await person.jam();
      const one = client();
      for (let seed = 1; seed <= 25; seed += 1) {
        const query = `subscription { jamChanges(jamId: "${id}", afterSeq: 0) { ${selection(schema.getType('JamChanges'), numbers(seed))} } }`;
        const { news, end, stop } = listen(one, { query });
        end.until(({ error }) => error).then(({ error }) => news.push({ error }), () => undefined);
        const answer = await news.until(() => true, query);
        assert.ok(!answer.error && !answer.errors, `${query}\n${JSON.stringify(answer)}`);
        checkShape(schema.getSubscriptionType(), answer.data, parse(query).definitions[0]);
        stop();
      }
    });
  });
}
