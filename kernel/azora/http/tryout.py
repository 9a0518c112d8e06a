"""The page at /api/docs: every operation with a form that sends it, and as curl, Python, JavaScript.

Drawn from the OpenAPI document alone, in the reader's language; what the document says is English. It
works offline and, but for sending, without JavaScript.
"""

import json
from html import escape
from typing import Any

from azora.http.snippets import Example, curl, javascript, python
from azora.shell.i18n import N_, reader
from azora.shell.i18n import gettext as _

Document = dict[str, Any]

_HOW = N_(
    "Each operation can be tried here: you act as whoever is signed in, or as the owner of a token. "
    "The examples take the campus's address from the variable CAMPUS, and a token from TOKEN."
)
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
        f'<section id="{escape(name)}"><h2 translate="no">{escape(name)}</h2><p lang="en">{escape(words[name])}</p>{"".join(sections[name])}</section>'
        for name in sorted(sections)
    )
    title = escape(_("API of this campus"))
    return (
        f'<!doctype html><html lang="{reader().tag}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/api/docs/try.css"><script src="/api/docs/try.js" defer></script></head>'
        f'<body data-away="{escape(_("The campus did not answer"))}"><a class="skip" href="#main">'
        f'{escape(_("Skip to the operations"))}</a><header><p><a href="/">{escape(_("Azora"))}</a></p>'
        f"<h1>{title}</h1><p>{escape(_(_HOW))}</p>"
        f'<p><label for="token">{escape(_("API token"))}</label> <input id="token" type="password" '
        f'autocomplete="off" aria-describedby="token-help"> <span id="token-help">'
        f"{escape(_('Stays in this page.'))}</span></p>"
        f'<p><a href="/api/openapi.json" translate="no">OpenAPI 3.1</a> · '
        f'<a href="/api/errors">{escape(_("Error codes"))}</a></p>'
        f'<nav aria-label="{escape(_("Parts of the campus"))}"><ul translate="no">{contents}</ul></nav>'
        f'</header><main id="main">{body}</main></body></html>'
    )


def _operation(document: Document, verb: str, path: str, operation: Document) -> str:
    name = operation["operationId"]
    permission = operation["x-azora-permission"]
    needs = escape(_("Open to all."))
    if permission:
        needs = f"{escape(_('Needs the permission'))} <code>{escape(permission)}</code>"
    described = "description" in operation
    more = f'<p lang="en">{escape(operation["description"])}</p>' if described else ""
    body, kind = _body_field(document, name, operation)
    inputs = "".join(_input(name, parameter) for parameter in operation.get("parameters", ()))
    return (
        f'<details id="{escape(name)}"><summary><span class="verb" translate="no">{verb.upper()}</span> '
        f'<code>{escape(path)}</code> <span lang="en">{escape(operation["summary"])}</span></summary>'
        f"{more}<p>{needs}</p>"
        f'<form data-verb="{verb.upper()}" data-path="{escape(path)}" data-kind="{kind}">'
        f'{inputs}{body}<button type="submit" disabled>{escape(_("Send"))}</button> '
        f"<noscript>{escape(_('Sending from this page needs JavaScript; the examples do not.'))}</noscript></form>"
        f'<div role="status" aria-live="polite"></div>'
        f"{_snippets(Example(document, verb, path, operation))}</details>"
    )


def _snippets(example: Example) -> str:
    """The same request in three languages."""
    written = {"curl": curl, "Python": python, "JavaScript": javascript}
    return "".join(
        f'<h3>{language}</h3><pre tabindex="0" data-language="{language.lower()}">{escape(write(example))}</pre>'
        for language, write in written.items()
    )


def _input(owner: str, parameter: Document) -> str:
    """A labelled field for one path or query parameter."""
    name, schema = parameter["name"], parameter["schema"]
    identity = escape(f"{owner}-{name}")
    required = " required" if parameter["required"] else ""
    shared = f'id="{identity}" name="{escape(name)}" data-in="{parameter["in"]}"{required}'
    asked = f" ({escape(_('required'))})" if required else ""
    label = f'<label for="{identity}">{escape(name)}{asked}</label>'
    described = "description" in parameter
    help_ = f'<small lang="en">{escape(parameter["description"])}</small>' if described else ""
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
        label = f'<label for="{identity}">{escape(_("Body (JSON)"))}</label>'
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
