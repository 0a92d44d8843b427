// graphql-yoga for HTTP, graphql-ws over ws for subscriptions: node yoga.js PORT CLIENTS INTERVAL_MS
const { createServer } = require('http')
const { createSchema, createYoga } = require('graphql-yoga')
const { useServer } = require('graphql-ws/use/ws')
const { WebSocketServer } = require('ws')
const { typeDefs, board, castVote, subscribe, subscribers, tell, keepTelling, listen } = require('./schema')

const schema = createSchema({
  typeDefs,
  resolvers: {
    Query: { board: (_, { first }) => board(first) },
    Mutation: { castVote: (_, { ideaId }) => castVote(ideaId) },
    Subscription: { boardEvents: { subscribe: () => subscribe() } },
  },
})
const server = createServer(createYoga({ schema, logging: false, maskedErrors: false }))
useServer({ schema }, new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false }))
server.listen(listen)
keepTelling(() => subscribers.size, tell)
