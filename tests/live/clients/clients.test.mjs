/** Standard clients against a real server: `npm test` here, or tests/live/test_clients.py. */
import { after, before, describe } from 'node:test';
import { apollo } from './apollo.mjs';
import { graphqlWs } from './graphql_ws.mjs';
import { Server } from './server.mjs';
import { urql } from './urql.mjs';

const world = {};

describe('clients', { concurrency: false }, () => {
  before(async () => {
    world.server = await Server.start();
    world.person = await world.server.person('participant, English');
    world.other = await world.server.person('moderator');
  });
  after(() => world.server?.stop());

  graphqlWs(world);
  urql(world);
  apollo(world);
});
