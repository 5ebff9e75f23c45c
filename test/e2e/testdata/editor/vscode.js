// Talks with assay-lsp through vscode-jsonrpc, the library of VS Code's own clients, and prints what it gets.
const { spawn } = require("child_process");
const rpc = require("vscode-jsonrpc/node");

const say = (what, value) => console.log(what, JSON.stringify(value));

(async () => {
  const server = spawn(process.env.ASSAY_LSP);
  const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
  const published = new Promise((resolve) => connection.onNotification("textDocument/publishDiagnostics", resolve));
  connection.listen();
  const started = await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  say("encoding", started.capabilities.positionEncoding);
  await connection.sendNotification("initialized", {});
  const uri = "file:///tmp/nowhere/checks.yaml";
  const text = "checks:\n  - name: a\n    type: script\n    retries: 2\n    script: |\n      local r = http.get('http://x')\n      db.query(1, 'é😀')\n";
  await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
  say("diagnostics", (await published).diagnostics.map((d) => d.code));
  const about = (more) => ({ textDocument: { uri }, ...more });
  say("tokens", (await connection.sendRequest("textDocument/semanticTokens/full", about())).data.length % 5);
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  say("hints", (await connection.sendRequest("textDocument/inlayHint", about({ range }))).map((h) => h.label));
  say("lenses", (await connection.sendRequest("textDocument/codeLens", about())).map((l) => l.command.title));
  // Of many requests at once, one that is cancelled is answered too, and the others are answered right.
  const source = new rpc.CancellationTokenSource();
  const position = { line: 5, character: 22 };
  const many = [...Array(50)].map(() => connection.sendRequest("textDocument/hover", about({ position })));
  const cancelled = connection.sendRequest("textDocument/hover", about({ position }), source.token).then(() => "answered", (e) => e.code);
  source.cancel();
  say("hovers", (await Promise.all(many)).filter((h) => h.contents.value.includes("http.get(")).length);
  say("cancelled", [-32800, "answered"].includes(await cancelled));
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  say("exit", await new Promise((resolve) => server.on("exit", resolve)));
  process.exit(0);
})().catch((e) => { console.error(e); process.exit(1); });
