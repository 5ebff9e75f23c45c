// A client of the Language Server Protocol, as far as this extension needs it: frames, requests and their answers.
"use strict";

const { spawn } = require("node:child_process");

class Client {
  constructor(command, args, on) {
    this.on = on; // {notification(method, params), closed(why)}
    this.id = 0;
    this.asked = new Map();
    this.rest = Buffer.alloc(0);
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.process.on("error", (e) => this.close(e.message));
    this.process.on("exit", (code) => this.close(`it has ended with code ${code}`));
    this.process.stdin.on("error", () => {}); // exit tells why
    this.process.stdout.on("data", (chunk) => this.receive(chunk));
  }

  close(why) {
    for (const { reject } of this.asked.values()) reject(new Error(why));
    this.asked.clear();
    if (this.on) this.on.closed(why);
    this.on = undefined;
  }

  send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin.write(body);
  }

  notify(method, params) {
    this.send({ method, params });
  }

  // request gives the result. A token that is cancelled, and a text that has changed since, give undefined.
  request(method, params, token) {
    const id = ++this.id;
    const answer = new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
    const listening = token && token.onCancellationRequested(() => this.notify("$/cancelRequest", { id }));
    this.send({ id, method, params });
    return answer.finally(() => listening && listening.dispose());
  }

  receive(chunk) {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      const end = this.rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.rest.subarray(0, end).toString())[1]);
      if (this.rest.length < end + 4 + length) return;
      const message = JSON.parse(this.rest.subarray(end + 4, end + 4 + length).toString());
      this.rest = this.rest.subarray(end + 4 + length);
      this.handle(message);
    }
  }

  handle(message) {
    if (message.method) {
      if (this.on) this.on.notification(message.method, message.params);
      return;
    }
    const waiting = this.asked.get(message.id);
    this.asked.delete(message.id);
    if (!waiting) return;
    if (message.error && message.error.code !== -32800 && message.error.code !== -32801) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.error || message.result === null ? undefined : message.result);
  }

  async stop() {
    if (!this.on) return;
    this.on = undefined;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    await this.request("shutdown", null).catch(() => {});
    this.notify("exit");
    const timer = setTimeout(() => this.process.kill(), 2000);
    await ended;
    clearTimeout(timer);
  }
}

module.exports = { Client };
