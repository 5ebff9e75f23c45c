// A client of the language server, which runs in a worker.
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class Client {
  constructor(module, onDiagnostics) {
    this.next = 1
    this.pending = new Map()
    this.onDiagnostics = onDiagnostics
    this.buffer = new Uint8Array()
    this.worker = new Worker("worker.js")
    this.worker.onmessage = ({ data }) => {
      if (data.fd === 1) this.receive(data.bytes)
      else if (data.fd === 2) console.error(decoder.decode(data.bytes))
    }
    this.worker.postMessage({ module, args: ["assay-lsp", "--stdio"] })
  }

  send(message) {
    const body = encoder.encode(JSON.stringify({ jsonrpc: "2.0", ...message }))
    const head = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`)
    const frame = new Uint8Array(head.length + body.length)
    frame.set(head)
    frame.set(body, head.length)
    this.worker.postMessage({ input: frame })
  }

  notify(method, params) {
    this.send({ method, params })
  }

  request(method, params) {
    const id = this.next++
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject })
      this.send({ id, method, params })
    })
  }

  receive(bytes) {
    const all = new Uint8Array(this.buffer.length + bytes.length)
    all.set(this.buffer)
    all.set(bytes, this.buffer.length)
    this.buffer = all
    for (;;) {
      const text = decoder.decode(this.buffer.subarray(0, 200))
      const head = /^([^]*?)\r\n\r\n/.exec(text)
      if (!head) return
      const length = Number(/content-length: *(\d+)/i.exec(head[1])[1])
      const start = head[0].length
      if (this.buffer.length < start + length) return
      const message = JSON.parse(decoder.decode(this.buffer.subarray(start, start + length)))
      this.buffer = this.buffer.slice(start + length)
      this.handle(message)
    }
  }

  handle(message) {
    if (message.method === "textDocument/publishDiagnostics") {
      this.onDiagnostics(message.params)
    } else if (message.method && message.id !== undefined) {
      this.send({ id: message.id, result: null })
    } else if (this.pending.has(message.id)) {
      const { resolve, reject } = this.pending.get(message.id)
      this.pending.delete(message.id)
      if (message.error) reject(new Error(message.error.message))
      else resolve(message.result)
    }
  }
}
