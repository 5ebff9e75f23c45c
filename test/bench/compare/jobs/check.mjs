// Passes once the URL answers 200 with a status of "ok"; five attempts.
const args = globalThis.Deno ? Deno.args : process.argv.slice(2)
const exit = globalThis.Deno ? Deno.exit : process.exit
for (let attempt = 0; attempt < 5; attempt++) {
  try {
    const response = await fetch(args[0], { signal: AbortSignal.timeout(2000) })
    if (response.status === 200 && (await response.json()).status === "ok") {
      console.log(JSON.stringify({ passed: true }))
      exit(0)
    }
  } catch {}
  await new Promise((resolve) => setTimeout(resolve, 50))
}
console.log(JSON.stringify({ passed: false }))
exit(1)
