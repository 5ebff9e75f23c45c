// Talks to the echo service at the URL that it is given, and fails if that does not answer as it should.
const assert = require('assert')
const WebSocket = require('ws')
const socket = new WebSocket(process.argv[2], ['other', 'chat'])
const got = []
socket.on('open', () => {
  assert.strictEqual(socket.protocol, 'chat')
  socket.send('text ü')
  socket.send(Buffer.from([0, 255]))
  socket.send(Buffer.alloc(200000, 7), { binary: true })
  socket.ping('are you there')
})
socket.on('pong', data => got.push('pong ' + data))
socket.on('message', (data, binary) => {
  got.push(binary ? 'binary ' + data.length : 'text ' + data)
  if (data.length === 200000) socket.send('bye')
})
socket.on('close', (code, reason) => {
  got.push('close ' + code + ' ' + reason)
  console.log(got.filter(g => !g.startsWith('pong')).join('\n'))
  assert(got.includes('pong are you there'))
})
