// The test explorer.
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { testsIn, run } = require("./results");
const { program } = require("./tasks");

function testExplorer() {
  const controller = vscode.tests.createTestController("assay", "assay");
  const pattern = "**/*_test.lua";
  const read = async (uri) => {
    const file = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    for (const t of testsIn(text)) {
      const item = controller.createTestItem(`${uri}#${t.name}`, t.name, uri);
      item.range = new vscode.Range(t.line, 0, t.line, 0);
      file.children.add(item);
    }
    if (file.children.size > 0) controller.items.add(file);
    else controller.items.delete(file.id);
  };
  controller.resolveHandler = async (item) => {
    if (!item) await Promise.all((await vscode.workspace.findFiles(pattern)).map(read));
  };
  controller.createRunProfile("Run", vscode.TestRunProfileKind.Run, (request, token) => runAll(controller, request, token), true);
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  watcher.onDidCreate(read);
  watcher.onDidChange(read);
  watcher.onDidDelete((uri) => controller.items.delete(uri.toString()));
  return vscode.Disposable.from(controller, watcher);
}

async function runAll(controller, request, token) {
  const session = controller.createTestRun(request);
  const stop = new AbortController();
  token.onCancellationRequested(() => stop.abort());
  const files = new Map(); // by URI: all of a file is no name
  const asked = request.include ?? [...controller.items].map(([, item]) => item);
  for (const item of asked) {
    const file = item.parent ?? item;
    const known = files.get(file.id) ?? { file, tests: new Set() };
    if (item.parent) known.tests.add(item);
    else item.children.forEach((t) => known.tests.add(t));
    files.set(file.id, known);
  }
  for (const { file, tests } of files.values()) {
    tests.forEach((t) => session.started(t));
    try {
      const results = await run(program(), file.uri.fsPath, [...tests].map((t) => t.label), path.dirname(file.uri.fsPath), stop.signal);
      for (const r of results) {
        const test = [...tests].find((t) => t.label === r.name);
        if (r.output) session.appendOutput(r.output.replace(/\r?\n/g, "\r\n"), undefined, test);
        if (!test) tests.forEach((t) => session.errored(t, new vscode.TestMessage(r.error ?? "")));
        else if (r.status === "passed") session.passed(test, r.seconds * 1000);
        else session.failed(test, new vscode.TestMessage(r.error), r.seconds * 1000);
      }
    } catch (e) {
      tests.forEach((t) => session.errored(t, new vscode.TestMessage(e.message)));
    }
  }
  session.end();
}

module.exports = { testExplorer };
