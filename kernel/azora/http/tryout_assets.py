"""The script and the style of the API's own pages: they need nothing from anywhere else."""

SCRIPT = """\
"use strict";
const token = document.getElementById("token");
const show = (status, heading, text) => {
  const title = document.createElement("h3");
  const body = document.createElement("pre");
  title.textContent = heading;
  body.textContent = text;
  body.tabIndex = 0;
  status.replaceChildren(title, body);
};
const prepare = (form) => {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const parts = new FormData();
  const options = { method: form.dataset.verb, headers: {} };
  for (const field of form.elements) {
    const place = field.dataset.in;
    if (place === "body") options.body = field.value;
    else if (place === "part") { if (field.files ? field.files[0] : field.value) parts.append(field.name, field.files ? field.files[0] : field.value); }
    else if (place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (place === "query" && field.value) query.append(field.name, field.value);
  }
  if (form.dataset.kind === "application/json") options.headers["Content-Type"] = "application/json";
  if (form.dataset.kind === "multipart/form-data") options.body = parts;
  if (token.value) options.headers.Authorization = `Bearer ${token.value}`;
  return [query.size ? `${path}?${query}` : path, options];
};
const send = async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const status = form.nextElementSibling;
  const [path, options] = prepare(form);
  try {
    const reply = await fetch(path, options);
    const text = await reply.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
    show(status, `${reply.status} ${reply.statusText}`, shown);
  } catch (error) {
    show(status, document.body.dataset.away, String(error));
  }
};
for (const form of document.forms) {
  form.addEventListener("submit", send);
  form.querySelector("button").disabled = false;
}
"""

STYLE = """\
:root { color-scheme: light dark; --ink: #1d2b53; --paper: #faf6ef; --clay: #a04a23; --line: #cfc6b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #f3ece0; --paper: #141c38; --clay: #f0a47e; --line: #47527d; } }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1.05rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: break-word; }
h1, h2 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Noto Serif", "Liberation Serif", serif; }
a { color: inherit; } a:focus-visible, summary:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, pre:focus-visible { outline: 3px solid var(--clay); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; }
details { border-block-end: 1px solid var(--line); padding-block: .5rem; } summary { cursor: pointer; overflow-wrap: anywhere; }
.verb { display: inline-block; min-width: 4.5rem; font-weight: 700; }
label { display: block; font-weight: 600; } input, select, textarea, button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: .3rem; padding: .4rem .6rem; min-height: 2.75rem; box-sizing: border-box; max-width: 100%; }
textarea, form input, form select { inline-size: 100%; font-family: ui-monospace, monospace; } small { display: block; }
button { background: var(--ink); color: var(--paper); cursor: pointer; }
pre, .scroll { overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .3rem; }
@media (max-width: 64rem) { .stacked { display: block; } .stacked tbody { display: block; } .stacked thead { position: absolute; left: -99rem; } .stacked :is(tr, td) { display: block; padding-inline: 0; overflow-wrap: anywhere; } .stacked td { border: 0; padding-block: 0; } .stacked tr { border-block-end: 1px solid var(--line); padding-block: .6rem; } }
table { border-collapse: collapse; inline-size: 100%; } th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-block-end: 1px solid var(--line); } :target { background: color-mix(in srgb, var(--clay) 20%, transparent); }
"""
