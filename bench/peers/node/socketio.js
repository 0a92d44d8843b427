// Socket.IO, one emit to everybody, over websockets only. No GraphQL is executed: node socketio.js PORT CLIENTS INTERVAL_MS
const { createServer } = require('http')
const { Server } = require('socket.io')
const { event, keepTelling, listen } = require('./schema')

const server = createServer()
const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
let count = 0
io.on('connection', (socket) => {
  count++
  socket.on('disconnect', () => count--)
})
server.listen(listen)
keepTelling(() => count, async () => {
  io.emit('next', { data: { boardEvents: event() } })
})
