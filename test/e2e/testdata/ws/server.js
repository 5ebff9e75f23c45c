// Echoes, on a free port that it prints.
const { WebSocketServer } = require('ws')
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: p => (p.has('chat') ? 'chat' : false) }, () => console.log(server.address().port))
server.on('connection', socket => {
  socket.on('message', (data, binary) => (String(data) === 'bye' ? socket.close(4001, 'enough') : socket.send(data, { binary })))
})
