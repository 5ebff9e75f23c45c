import { basicSetup } from "codemirror"
import { autocompletion, snippetCompletion } from "@codemirror/autocomplete"
import { yaml } from "@codemirror/lang-yaml"
import { StreamLanguage, syntaxHighlighting } from "@codemirror/language"
import { lua } from "@codemirror/legacy-modes/mode/lua"
import { setDiagnostics } from "@codemirror/lint"
import { EditorState } from "@codemirror/state"
import { EditorView, hoverTooltip } from "@codemirror/view"
import { classHighlighter } from "@lezer/highlight"
import { Client } from "./client.mjs"

const documents = {
  "script.lua": {
    language: "lua",
    text: `-- Everything that touches neither network nor files works here. F5 or "Run" runs it.
local config = yaml.parse([[
services:
  - {name: shop, replicas: 2}
  - {name: mail, replicas: 1}
]])

for _, s in ipairs(config.services) do
    assert.gt(s.replicas, 0, s.name .. " has no replicas")
    log.info("service", {name = s.name, replicas = s.replicas})
end

print(json.encode(config))
print(template.render_string("{% for s in services %}{{ s.name }} {% endfor %}", config))
print(crypto.hash("hello", "sha256"))
`,
  },
  "checks.yaml": {
    language: "yaml",
    text: `# The editor knows check files, and the Lua and jq inside. To run one takes a network: install assay.
name: shop
timeout: 30s
checks:
  - name: health
    type: http
    url: https://shop.example.com/health
    retries: 5
    expect:
      status: 200
      json: .status == "ok"
  - name: orders
    type: script
    script: |
      local r = http.get("https://shop.example.com/orders", {timeout = 2})
      assert.eq(r.status, 200)
`,
  },
}

const address = (name) => `file:///${name}`
const view = new EditorView({ parent: document.getElementById("editor") })
const output = document.getElementById("output")
const runButton = document.getElementById("run")
let current = "script.lua"
let version = 0
let client

// Positions of the protocol count lines and UTF-16 units from 0.
function positionAt(doc, offset) {
  const line = doc.lineAt(offset)
  return { line: line.number - 1, character: offset - line.from }
}

function offsetAt(doc, { line, character }) {
  if (line >= doc.lines) return doc.length
  const found = doc.line(line + 1)
  return Math.min(found.from + character, found.to)
}

const at = (state, offset) => ({ textDocument: { uri: address(current) }, position: positionAt(state.doc, offset) })

function markdown(contents) {
  const dom = document.createElement("div")
  dom.className = "docs"
  for (const [i, part] of (contents ?? "").split(/```\w*\n?/).entries()) {
    if (!part.trim()) continue
    const piece = document.createElement(i % 2 ? "pre" : "p")
    for (const [j, words] of (i % 2 ? [part.trim()] : part.trim().split("`")).entries()) {
      const code = j % 2 ? document.createElement("code") : document.createTextNode("")
      code.textContent = words
      piece.append(code)
    }
    dom.append(piece)
  }
  return dom
}

const kinds = { 2: "method", 3: "function", 5: "property", 6: "variable", 9: "namespace", 10: "property", 12: "enum", 14: "keyword", 15: "text", 21: "constant" }

async function complete(context) {
  const word = context.matchBefore(/\w*/)
  if (!context.explicit && !context.matchBefore(/[\w.:$"'{-]$/)) return null
  const list = await client.request("textDocument/completion", at(context.state, context.pos))
  const items = Array.isArray(list) ? list : (list?.items ?? [])
  if (items.length === 0) return null
  const first = items.find((i) => i.textEdit)
  return {
    from: first ? offsetAt(context.state.doc, first.textEdit.range.start) : word.from,
    options: items.map((item) => {
      const option = {
        label: item.label,
        detail: item.detail,
        type: kinds[item.kind],
        info: async () => {
          const full = item.documentation ? item : await client.request("completionItem/resolve", item)
          return full.documentation ? markdown(full.documentation.value ?? full.documentation) : null
        },
      }
      const text = item.textEdit?.newText ?? item.insertText ?? item.label
      if (item.insertTextFormat === 2) return snippetCompletion(text.replace(/\$(\d+)/g, "${$1:}").replace(/\$0|\$\{0:\}/g, "${}"), option)
      return { ...option, apply: text }
    }),
    validFor: /^\w*$/,
  }
}

async function hover(view, pos) {
  const found = await client.request("textDocument/hover", at(view.state, pos))
  if (!found?.contents) return null
  const start = found.range ? offsetAt(view.state.doc, found.range.start) : pos
  return { pos: start, above: true, create: () => ({ dom: markdown(found.contents.value) }) }
}

// fixes are what the server offers for a diagnostic.
async function fixes(diagnostic) {
  const actions = await client.request("textDocument/codeAction", {
    textDocument: { uri: address(current) },
    range: diagnostic.range,
    context: { diagnostics: [diagnostic] },
  })
  return (actions ?? [])
    .filter((a) => a.edit?.changes?.[address(current)] || a.edit?.documentChanges)
    .map((a) => ({
      name: a.title,
      apply(view) {
        const edits = a.edit.changes?.[address(current)] ?? a.edit.documentChanges[0].edits
        view.dispatch({
          changes: edits.map((e) => ({ from: offsetAt(view.state.doc, e.range.start), to: offsetAt(view.state.doc, e.range.end), insert: e.newText })),
        })
      },
    }))
}

const severities = { 1: "error", 2: "warning", 3: "info", 4: "hint" }

async function showDiagnostics({ uri, diagnostics, version: of }) {
  if (uri !== address(current) || (of !== undefined && of !== version)) return
  const shown = await Promise.all(
    diagnostics.map(async (d) => ({
      from: offsetAt(view.state.doc, d.range.start),
      to: offsetAt(view.state.doc, d.range.end),
      severity: severities[d.severity] ?? "error",
      message: d.code ? `${d.message} (${d.code})` : d.message,
      actions: await fixes(d),
    })),
  )
  if (of === undefined || of === version) view.dispatch(setDiagnostics(view.state, shown))
}

const languages = { lua: () => StreamLanguage.define(lua), yaml }

function open(name) {
  if (client && version > 0) {
    documents[current].text = view.state.doc.toString()
    client.notify("textDocument/didClose", { textDocument: { uri: address(current) } })
  }
  current = name
  for (const tab of document.querySelectorAll("[data-file]")) tab.setAttribute("aria-selected", String(tab.dataset.file === name))
  runButton.disabled = documents[name].language !== "lua"
  view.setState(
    EditorState.create({
      doc: documents[name].text,
      extensions: [
        basicSetup,
        languages[documents[name].language](),
        syntaxHighlighting(classHighlighter),
        autocompletion({ override: [complete] }),
        hoverTooltip(hover),
        EditorView.lineWrapping,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return
          version++
          client.notify("textDocument/didChange", { textDocument: { uri: address(current), version }, contentChanges: [{ text: update.state.doc.toString() }] })
        }),
      ],
    }),
  )
  version++
  client.notify("textDocument/didOpen", { textDocument: { uri: address(name), languageId: documents[name].language, version, text: documents[name].text } })
}

const load = async (name) => WebAssembly.compile(await (await fetch(name)).arrayBuffer())
const seconds = 10 // the runtime's own limit ends what waits, but a busy program of WebAssembly is not interrupted
let running
let runtime

async function run() {
  running?.terminate()
  output.replaceChildren()
  runtime ??= load("assay.wasm")
  runButton.textContent = "Running"
  const worker = new Worker("worker.js")
  running = worker
  const show = (text, kind) => {
    const part = document.createElement("span")
    part.className = kind
    part.textContent = text
    output.append(part)
  }
  const decoder = { 1: new TextDecoder(), 2: new TextDecoder() }
  const stop = (text) => {
    clearTimeout(timer)
    worker.terminate()
    runButton.textContent = "Run"
    if (text) show(text, "logs")
  }
  const timer = setTimeout(() => stop(`stopped after ${seconds} s\n`), seconds * 1000)
  worker.onmessage = ({ data }) => {
    if (data.exit !== undefined) return stop(data.exit === 0 ? "" : `exit code ${data.exit}\n`)
    show(decoder[data.fd].decode(data.bytes, { stream: true }), data.fd === 1 ? "out" : "logs")
  }
  worker.postMessage({ module: await runtime, args: ["assay"] })
  worker.postMessage({ input: new TextEncoder().encode(view.state.doc.toString()), end: true })
}

async function start() {
  client = new Client(await load("assay-lsp.wasm"), showDiagnostics)
  await client.request("initialize", {
    processId: null,
    rootUri: null,
    capabilities: {
      general: { positionEncodings: ["utf-16"] },
      textDocument: { completion: { completionItem: { snippetSupport: true } }, publishDiagnostics: { versionSupport: true } },
    },
  })
  client.notify("initialized", {})
  open(decodeURIComponent(location.hash.slice(1)) in documents ? decodeURIComponent(location.hash.slice(1)) : "script.lua")
  for (const tab of document.querySelectorAll("[data-file]")) tab.onclick = () => open(tab.dataset.file)
  runButton.onclick = run
  document.addEventListener("keydown", (e) => {
    if (e.key === "F5" || (e.key === "Enter" && (e.ctrlKey || e.metaKey))) {
      e.preventDefault()
      if (!runButton.disabled) run()
    }
  })
  document.body.dataset.ready = "yes"
}

start().catch((error) => {
  output.textContent = `The playground did not start: ${error.message}\nIt needs a web server, as for any page with WebAssembly.`
})
