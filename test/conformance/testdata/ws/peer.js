// Sends the frames of each case as bytes: as a client to a URL, or as a server on a free port that it prints. It prints
// what it is sent, a line for each case.
const crypto = require('crypto')
const fs = require('fs')
const WebSocket = require('ws')
const cases = JSON.parse(fs.readFileSync(process.argv[2]))
const url = process.argv[3]

function frame([first, hex], masked) {
  const payload = Buffer.from(hex, 'hex')
  const bit = masked ? 0x80 : 0
  let head
  if (payload.length < 126) head = Buffer.from([first, bit | payload.length])
  else if (payload.length < 65536) {
    head = Buffer.from([first, bit | 126, 0, 0])
    head.writeUInt16BE(payload.length, 2)
  } else {
    head = Buffer.alloc(10)
    head[0] = first
    head[1] = bit | 127
    head.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  if (!masked) return Buffer.concat([head, payload])
  const mask = Buffer.from([1, 2, 3, 4])
  return Buffer.concat([head, mask, payload.map((b, i) => b ^ mask[i % 4])])
}

function speak(socket, number, client, done) {
  const { frames, wrongly, awaits } = cases[number - 1]
  const got = [String(number)]
  const send = f => socket._socket.write(frame(f, client !== Boolean(wrongly)))
  let missing = client ? awaits : 0 // echoes before the last frame
  socket.on('message', (data, binary) => {
    got.push(`${binary ? 'binary' : 'text'}:${data.length}:${crypto.createHash('sha256').update(data).digest('hex').slice(0, 8)}`)
    missing--
    if (missing === 0) send(frames[frames.length - 1])
  })
  socket.on('error', e => got.push('error:' + e.message.replace(/ /g, '_')))
  socket.on('close', code => {
    got.push('close:' + code)
    console.log(got.join(' '))
    done()
  })
  for (const f of missing ? frames.slice(0, -1) : frames) send(f)
}

function ask(number) {
  if (number > cases.length) return
  const socket = new WebSocket(url, { perMessageDeflate: false })
  socket.on('open', () => speak(socket, number, true, () => ask(number + 1)))
}

if (url) ask(1)
else {
  const server = new WebSocket.WebSocketServer({ host: '127.0.0.1', port: 0 }, () => console.log(server.address().port))
  server.on('connection', (socket, request) => speak(socket, Number(request.url.split('=')[1]), false, () => {}))
}
