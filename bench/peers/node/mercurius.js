// Fastify and mercurius: node mercurius.js PORT CLIENTS INTERVAL_MS [jit] [sqlite FILE]
// With `sqlite` each vote is a row of its own, written with full sync before it is answered.
const Fastify = require('fastify')
const mercurius = require('mercurius')
const { typeDefs, board, castVote, subscribe, subscribers, tell, keepTelling, listen, options } = require('./schema')

/** Writes one vote durably. */
function openVotes(file) {
  const database = require('better-sqlite3')(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE IF NOT EXISTS votes (idea TEXT, voter TEXT, at INTEGER, PRIMARY KEY (idea, voter)) WITHOUT ROWID')
  const insert = database.prepare('INSERT OR IGNORE INTO votes VALUES (?, ?, ?)')
  return (idea, voter) => insert.run(idea, voter, Date.now())
}

const keep = options.includes('sqlite') ? openVotes(options[options.indexOf('sqlite') + 1]) : () => {}
const app = Fastify()
app.register(mercurius, {
  schema: typeDefs,
  jit: options.includes('jit') ? 1 : 0,
  resolvers: {
    Query: { board: (_, { first }) => board(first) },
    Mutation: {
      castVote(_, { ideaId, voter }) {
        keep(ideaId, voter)
        return castVote(ideaId)
      },
    },
    Subscription: { boardEvents: { subscribe: () => subscribe() } },
  },
  subscription: { fullWsTransport: false },
})
app.listen(listen)
keepTelling(() => subscribers.size, tell)
