// Tasks: assay check, test, lint and run.
"use strict";

const vscode = require("vscode");

const program = () => vscode.workspace.getConfiguration("assay").get("program");

function task(definition, more = []) {
  const args = { check: ["check"], test: ["test"], lint: ["lint"], run: ["run"] }[definition.command];
  const execution = new vscode.ProcessExecution(program(), [...args, ...more, definition.file]);
  return new vscode.Task(definition, vscode.TaskScope.Workspace, `${definition.command} ${definition.file}`, "assay", execution, definition.command === "lint" ? ["$assay"] : []);
}

const taskProvider = {
  provideTasks: () => [task({ type: "assay", command: "lint", file: "." }), task({ type: "assay", command: "test", file: "." })],
  resolveTask: (t) => task(t.definition),
};

// runTask is what a lens asks for: a file, or one check or test of it.
function runTask(command, uri, name) {
  const more = !name ? [] : command === "check" ? [`--only=${name}`] : [`--filter=^${name}$`];
  return vscode.tasks.executeTask(task({ type: "assay", command, file: vscode.Uri.parse(uri).fsPath }, more));
}

module.exports = { taskProvider, runTask, program };
