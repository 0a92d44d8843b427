"""A page to try queries on, in development only. It loads nothing from anywhere else."""

PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Hothouse: GraphQL explorer</title>
<style>
body{font:15px/1.5 system-ui;margin:0;display:grid;grid-template:auto 1fr auto/1fr 1fr;height:100vh;gap:8px}
h1{font-size:1rem;margin:8px;grid-column:1/3}
textarea,pre{font:13px/1.5 ui-monospace,monospace;margin:0 8px;padding:8px;overflow:auto;border:1px solid #8888}
#variables{height:6em}button{margin:0 8px 8px;justify-self:start}
</style></head><body>
<h1>GraphQL explorer (development)</h1>
<textarea id="query" aria-label="Query" spellcheck="false">{ serverTime }</textarea>
<pre id="answer" aria-live="polite"></pre>
<textarea id="variables" aria-label="Variables as JSON" spellcheck="false">{}</textarea>
<button id="run">Run (Ctrl+Enter)</button>
<script>
const by = (id) => document.getElementById(id);
async function ask() {
  const answer = await fetch(location.pathname, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hothouse": "1" },
    body: JSON.stringify({ query: by("query").value, variables: JSON.parse(by("variables").value || "{}") }),
  });
  return JSON.stringify(await answer.json(), null, 2);
}
function show(text) { by("answer").textContent = text; }
function run() { ask().then(show, show); }
by("run").onclick = run;
addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter") run(); });
</script></body></html>
"""
