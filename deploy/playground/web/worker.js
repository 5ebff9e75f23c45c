// Runs a Go program. Messages in: {module, args}, then {input: bytes} and {end: true}. Messages out: {fd, bytes}, {exit}.
"use strict"

const inbox = []
let ended = false
let waiting = null

function deliver() {
  if (!waiting || (inbox.length === 0 && !ended)) return
  const { buffer, offset, length, callback } = waiting
  waiting = null
  if (inbox.length === 0) return callback(null, 0)
  const first = inbox[0]
  const part = first.subarray(0, length)
  buffer.set(part, offset)
  if (part.length === first.length) inbox.shift()
  else inbox[0] = first.subarray(part.length)
  callback(null, part.length)
}

const post = (fd, bytes) => self.postMessage({ fd, bytes: bytes.slice() })

// What wasm_exec.js asks of a file system; only the three streams exist.
const streams = {
  constants: { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1 },
  writeSync(fd, bytes) {
    post(fd, bytes)
    return bytes.length
  },
  write(fd, bytes, offset, length, position, callback) {
    post(fd, bytes.subarray(offset, offset + length))
    callback(null, length)
  },
  read(fd, buffer, offset, length, position, callback) {
    waiting = { buffer, offset, length, callback }
    deliver()
  },
  fsync(fd, callback) {
    callback(null)
  },
}

function absent(...args) {
  const error = new Error("not implemented")
  error.code = "ENOSYS"
  args.at(-1)(error)
}

globalThis.fs = new Proxy(streams, { get: (known, name) => known[name] ?? absent })
importScripts("wasm_exec.js")

self.onmessage = async ({ data }) => {
  if (data.module) {
    const go = new Go()
    go.argv = data.args
    go.exit = (code) => self.postMessage({ exit: code })
    await go.run(await WebAssembly.instantiate(data.module, go.importObject))
    return
  }
  if (data.input) inbox.push(data.input)
  if (data.end) ended = true
  deliver()
}
