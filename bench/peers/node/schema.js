// What the Node peers have in common: the schema, its data, and the loop that tells everyone.
const typeDefs = `
type BoardEvent { ts: Float! seq: Int! ideaId: ID! title: String! votes: Int! rank: Int! status: String! author: String! }
type Idea {
  id: ID! title: String! summary: String! votes: Int! rank: Int! status: String! author: String! commentCount: Int!
  createdAt: String! score: Float!
}
type Vote { ideaId: ID! votes: Int! rank: Int! }
type Query { board(first: Int = 20): [Idea!]! }
type Mutation { castVote(ideaId: ID!, voter: ID): Vote! }
type Subscription { boardEvents: BoardEvent! }
`

const ideas = Array.from({ length: 20 }, (_, number) => ({
  id: `64f0c2a1b2c3d4e5f6a7b8${String(number).padStart(2, '0')}`,
  title: `Idea number ${number}: solar bike lockers`,
  summary: 'Lorem ipsum dolor sit amet, consectetur adipiscing elit '.repeat(2),
  votes: 100 + number,
  rank: number + 1,
  status: 'OPEN',
  author: `Participant ${String(number).padStart(6, '0')}`,
  commentCount: number,
  createdAt: '2026-11-22T04:00:00Z',
  score: number * 1.5,
}))
const byId = new Map(ideas.map((idea) => [idea.id, idea]))

const board = (first) => ideas.slice(0, first)

function castVote(id) {
  const idea = byId.get(id)
  idea.votes++
  return { ideaId: idea.id, votes: idea.votes, rank: idea.rank }
}

const startedAt = BigInt(Date.now()) * 1000n - process.hrtime.bigint() / 1000n
let sequence = 0

/** The next event; `ts` in microseconds since 1970. */
const event = () => ({
  ts: Number(process.hrtime.bigint() / 1000n + startedAt),
  seq: ++sequence,
  ideaId: '64f0c2a1b2c3d4e5f6a7b8c9',
  title: 'Solar powered bike lockers for the campus, free for all',
  votes: 1234,
  rank: 17,
  status: 'OPEN',
  author: 'Participant 000123',
})

const subscribers = new Set()
let untold = 0
let allTold = () => {}

/** One subscriber's events. Asking for the next one says that the last has been sent. */
function subscribe() {
  const waiting = []
  let wake = null
  let isOver = false
  let isTold = false
  const subscriber = {
    push(told) {
      waiting.push(told)
      const resolve = wake
      wake = null
      if (resolve) resolve()
    },
    async next() {
      if (isTold && --untold === 0) allTold()
      isTold = false
      while (!waiting.length && !isOver) await new Promise((resolve) => (wake = resolve))
      if (isOver) return { value: undefined, done: true }
      isTold = true
      return { value: { boardEvents: waiting.shift() }, done: false }
    },
    async return() {
      isOver = true
      subscribers.delete(subscriber)
      return { value: undefined, done: true }
    },
    async throw(error) {
      throw error
    },
    [Symbol.asyncIterator]: () => subscriber,
  }
  subscribers.add(subscriber)
  return subscriber
}

/** Tells every subscriber the next event; done when the library has sent it to all of them. */
const tell = () =>
  new Promise((resolve) => {
    allTold = resolve
    untold = subscribers.size
    const told = event()
    for (const subscriber of subscribers) subscriber.push(told)
  })

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Calls `act` at every interval while there are as many subscribers as wanted, or as often as it can. */
async function keepTelling(count, act) {
  let due = performance.now()
  for (;;) {
    if (!clients || count() < clients) {
      await pause(50)
      continue
    }
    await act()
    due = Math.max(due + interval, performance.now())
    const left = due - performance.now()
    await (left > 1 ? pause(left) : new Promise((resolve) => setImmediate(resolve)))
  }
}

const [port = 0, clients = 0, interval = 0, ...options] = process.argv.slice(2).map((given) => (/^\d+$/.test(given) ? Number(given) : given))
const listen = { port, host: '127.0.0.1', backlog: 4096 }

module.exports = { typeDefs, board, castVote, event, subscribe, subscribers, tell, keepTelling, listen, options }
