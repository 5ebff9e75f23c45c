// What assay test --format json says, and the tests that a file has.
"use strict";

const { execFile } = require("node:child_process");

// testsIn are the names and lines, from 0, of the tests in the text of a file.
function testsIn(text) {
  const found = [];
  text.split("\n").forEach((line, number) => {
    const m = /^\s*function\s+(?:[\w]+[.:])?(test_\w+)\s*\(/.exec(line) ?? /^\s*(?:[\w]+\.)?(test_\w+)\s*=\s*function\b/.exec(line);
    if (m) found.push({ name: m[1], line: number });
  });
  return found;
}

// run runs tests of a file, all without names, and gives their results.
function run(program, file, names, cwd, signal) {
  const args = ["test", "--format", "json"];
  if (names.length > 0) args.push("--filter", `^(${names.join("|")})$`);
  return new Promise((resolve, reject) => {
    execFile(program, [...args, file], { cwd, signal, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(stderr.trim() || (error ? error.message : "assay test has printed no results")));
      }
    });
  });
}

module.exports = { testsIn, run };
