"""The page at /api/docs: every operation with a form that sends it, curl and Python beside it.

Drawn from the OpenAPI document alone. It works offline and, but for sending, without JavaScript.
"""

import json
from html import escape
from typing import Any

Document = dict[str, Any]

_BODY_KINDS = ("application/json", "multipart/form-data")


def tryout_page(document: Document) -> str:
    """The whole page."""
    sections: dict[str, list[str]] = {}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            sections.setdefault(operation["tags"][0], []).append(
                _operation(document, verb, path, operation)
            )
    words = {tag["name"]: tag["description"] for tag in document["tags"]}
    contents = "".join(
        f'<li><a href="#{escape(name)}">{escape(name)}</a>' for name in sorted(sections)
    )
    body = "".join(
        f'<section id="{escape(name)}"><h2>{escape(name)}</h2><p>{escape(words[name])}</p>{"".join(sections[name])}</section>'
        for name in sorted(sections)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API of this campus</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/api/docs/try.css"><script src="/api/docs/try.js" defer></script></head>'
        '<body><a class="skip" href="#main">Skip to the operations</a><header><h1>API of this campus</h1>'
        "<p>Each operation can be tried here: you act as whoever is signed in, or as the owner of a token.</p>"
        '<p><label for="token">API token</label> <input id="token" type="password" autocomplete="off" '
        'aria-describedby="token-help"> <span id="token-help">Stays in this page.</span></p>'
        '<p><a href="/api/openapi.json">OpenAPI 3.1</a> · <a href="/api/errors">Error codes</a></p>'
        f'<nav aria-label="Plugins"><ul>{contents}</ul></nav></header><main id="main">{body}</main></body></html>'
    )


def _operation(document: Document, verb: str, path: str, operation: Document) -> str:
    name = operation["operationId"]
    permission = operation["x-azora-permission"]
    needs = f"needs <code>{escape(permission)}</code>" if permission else "open to all"
    more = f"<p>{escape(operation['description'])}</p>" if "description" in operation else ""
    body, kind = _body_field(document, name, operation)
    inputs = "".join(_input(name, parameter) for parameter in operation.get("parameters", ()))
    return (
        f'<details id="{escape(name)}"><summary><span class="verb">{verb.upper()}</span> '
        f"<code>{escape(path)}</code> {escape(operation['summary'])}</summary>{more}<p>{needs}.</p>"
        f'<form data-verb="{verb.upper()}" data-path="{escape(path)}" data-kind="{kind}">'
        f'{inputs}{body}<button type="submit" disabled>Send</button> '
        "<noscript>Sending from this page needs JavaScript; the examples do not.</noscript></form>"
        f'<div role="status" aria-live="polite"></div>'
        f'<h3>curl</h3><pre tabindex="0">{escape(_curl(verb, path, operation))}</pre>'
        f'<h3>Python</h3><pre tabindex="0">{escape(_python(verb, path, operation))}</pre></details>'
    )


def _input(owner: str, parameter: Document) -> str:
    """A labelled field for one path or query parameter."""
    name, schema = parameter["name"], parameter["schema"]
    identity = escape(f"{owner}-{name}")
    required = " required" if parameter["required"] else ""
    shared = f'id="{identity}" name="{escape(name)}" data-in="{parameter["in"]}"{required}'
    label = f'<label for="{identity}">{escape(name)}{" (required)" if required else ""}</label>'
    help_ = (
        f"<small>{escape(parameter['description'])}</small>" if "description" in parameter else ""
    )
    if "enum" in schema:
        options = "".join(
            f"<option>{escape(str(value))}</option>" for value in ["", *schema["enum"]]
        )
        return f"<p>{label}<select {shared}>{options}</select>{help_}</p>"
    kind = "number" if schema.get("type") in ("integer", "number") else "text"
    return f'<p>{label}<input {shared} type="{kind}">{help_}</p>'


def _body_field(document: Document, owner: str, operation: Document) -> tuple[str, str]:
    """The field for the body and its media type: text for JSON, file choosers for a form."""
    content = operation.get("requestBody", {}).get("content", {})
    kind = next((kind for kind in _BODY_KINDS if kind in content), "")
    if not kind:
        return "", ""
    identity = escape(f"{owner}-body")
    if kind == "application/json":
        example = escape(json.dumps(content[kind].get("example", {}), indent=2, ensure_ascii=False))
        label = f'<label for="{identity}">Body (JSON)</label>'
        return (
            f'<p>{label}<textarea id="{identity}" name="" data-in="body" rows="6">{example}</textarea></p>',
            kind,
        )
    schema = _resolve(document, content[kind]["schema"])
    fields = "".join(_part(owner, name, part) for name, part in schema["properties"].items())
    return fields, kind


def _part(owner: str, name: str, schema: Document) -> str:
    identity = escape(f"{owner}-part-{name}")
    kind = "file" if schema.get("format") == "binary" else "text"
    return (
        f'<p><label for="{identity}">{escape(name)}</label>'
        f'<input id="{identity}" name="{escape(name)}" data-in="part" type="{kind}"></p>'
    )


def _resolve(document: Document, schema: Document) -> Document:
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: Document = document["components"]["schemas"][reference] if reference else schema
    return found


def _curl(verb: str, path: str, operation: Document) -> str:
    lines = [f'curl -X {verb.upper()} "$CAMPUS{path}"']
    if operation["x-azora-permission"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    example = _json_example(operation)
    if example is not None:
        lines.append(
            f"-H 'Content-Type: application/json' -d '{json.dumps(example, ensure_ascii=False)}'"
        )
    elif "requestBody" in operation:
        lines.append("-F file=@FILE")
    return " \\\n  ".join(lines)


def _python(verb: str, path: str, operation: Document) -> str:
    example = _json_example(operation)
    arguments = [f'campus + "{path}"']
    if operation["x-azora-permission"]:
        arguments.append('headers={"Authorization": f"Bearer {token}"}')
    if example is not None:
        arguments.append(f"json={example!r}")
    elif "requestBody" in operation:
        arguments.append('files={"file": open(path, "rb")}')
    return (
        f"import requests\n\nreply = requests.{verb}({', '.join(arguments)})\nprint(reply.json())"
    )


def _json_example(operation: Document) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    return content["application/json"].get("example", {}) if "application/json" in content else None


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
    show(status, "The campus did not answer", String(error));
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
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1.05rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
a { color: inherit; } a:focus-visible, summary:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, pre:focus-visible { outline: 3px solid var(--clay); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; }
details { border-block-end: 1px solid var(--line); padding-block: .5rem; } summary { cursor: pointer; overflow-wrap: anywhere; }
.verb { display: inline-block; min-width: 4.5rem; font-weight: 700; }
label { display: block; font-weight: 600; } input, select, textarea, button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: .3rem; padding: .4rem .6rem; min-height: 2.75rem; box-sizing: border-box; max-width: 100%; }
textarea, form input, form select { inline-size: 100%; font-family: ui-monospace, monospace; } small { display: block; }
button { background: var(--ink); color: var(--paper); cursor: pointer; }
pre, .scroll { overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .3rem; }
@media (max-width: 40rem) { .stacked thead { position: absolute; left: -99rem; } .stacked :is(tr, td) { display: block; padding-inline: 0; } .stacked td { border: 0; padding-block: 0; } .stacked tr { border-block-end: 1px solid var(--line); padding-block: .6rem; } }
table { border-collapse: collapse; inline-size: 100%; } th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-block-end: 1px solid var(--line); } :target { background: color-mix(in srgb, var(--clay) 20%, transparent); }
"""
