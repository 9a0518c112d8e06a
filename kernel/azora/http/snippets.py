"""An operation as curl, Python and JavaScript: each can be pasted and run as it is.

All take the address from CAMPUS, the API token from TOKEN, a file from FILE, and each field of the path
from a variable of its name.
"""

import json
import re
from typing import Any
from urllib.parse import urlencode

Document = dict[str, Any]

_FIELD = re.compile(r"\{(\w+)\}")


class Example:
    """What an example request of one operation is made of."""

    def __init__(self, document: Document, verb: str, path: str, operation: Document) -> None:
        self.verb = verb.upper()
        self.with_token = bool(operation["x-azora-permission"])
        self.path = path + _query(operation)
        content = operation.get("requestBody", {}).get("content", {})
        self.json = (
            content["application/json"].get("example", {})
            if "application/json" in content
            else None
        )
        form = None if self.json is not None else content.get("multipart/form-data")
        self.file, self.texts = _parts(document, form["schema"]) if form else (None, {})


def curl(example: Example) -> str:
    """For a shell."""
    lines = [
        f'curl --fail-with-body -X {example.verb} "$CAMPUS{_FIELD.sub(_shell_variable, example.path)}"'
    ]
    if example.with_token:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if example.json is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d {_quoted(json.dumps(example.json))}"]
    lines += [f"-F {_quoted(f'{name}={value}')}" for name, value in example.texts.items()]
    if example.file:
        lines.append(f'-F {example.file}=@"$FILE"')
    return " \\\n  ".join(lines)


def python(example: Example) -> str:
    """For Python with requests."""
    arguments = [repr(example.verb), f'f"{{campus}}{_FIELD.sub(_python_variable, example.path)}"']
    if example.with_token:
        arguments.append('headers={"Authorization": f"Bearer {os.environ[\'TOKEN\']}"}')
    if example.json is not None:
        arguments.append(f"json={example.json!r}")
    if example.texts:
        arguments.append(f"data={example.texts!r}")
    if example.file:
        arguments.append(f'files={{"{example.file}": open(os.environ["FILE"], "rb")}}')
    inner = "".join(f"    {argument},\n" for argument in arguments)
    return (
        'import os\n\nimport requests\n\ncampus = os.environ["CAMPUS"]\n'
        f"reply = requests.request(\n{inner})\nreply.raise_for_status()\nprint(reply.text)"
    )


def javascript(example: Example) -> str:
    """For Node 18 and later, as a module."""
    lines = []
    if example.with_token:
        lines.append('headers.set("Authorization", `Bearer ${process.env.TOKEN}`);')
    body = ""
    if example.json is not None:
        lines.append('headers.set("Content-Type", "application/json");')
        lines.append(f"const body = JSON.stringify({json.dumps(example.json)});")
        body = ", body"
    elif example.file:
        lines.append("const body = new FormData();")
        lines += [
            f"body.append({json.dumps(name)}, {json.dumps(value)});"
            for name, value in example.texts.items()
        ]
        lines.append(
            f'body.append("{example.file}", new Blob([readFileSync(process.env.FILE)]), "file");'
        )
        body = ", body"
    imports = 'import { readFileSync } from "node:fs";\n\n' if example.file else ""
    address = "`${process.env.CAMPUS}" + _FIELD.sub(_node_variable, example.path) + "`"
    prepared = "".join(f"{line}\n" for line in ["const headers = new Headers();", *lines])
    return (
        f"{imports}{prepared}"
        f'const reply = await fetch({address}, {{ method: "{example.verb}", headers{body} }});\n'
        "if (!reply.ok) throw new Error(await reply.text());\nconsole.log(await reply.text());"
    )


def _query(operation: Document) -> str:
    """The fields of the query that must be there, as text."""
    needed = {
        parameter["name"]: parameter["schema"].get("examples", ["text"])[0]
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and parameter["required"]
    }
    return f"?{urlencode(needed)}" if needed else ""


def _parts(document: Document, schema: Document) -> tuple[str | None, dict[str, str]]:
    """The name of the form's file and the texts that must be there."""
    reference = schema.get("$ref", "").rpartition("/")[2]
    form: Document = document["components"]["schemas"][reference] if reference else schema
    files = [name for name, part in form["properties"].items() if part.get("format") == "binary"]
    texts = {name: "text" for name in form.get("required", ()) if name not in files}
    return (files[0] if files else None), texts


def _quoted(text: str) -> str:
    """For a shell, in single quotes."""
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"


def _shell_variable(field: re.Match[str]) -> str:
    return f"${field[1].upper()}"


def _python_variable(field: re.Match[str]) -> str:
    return f"{{os.environ['{field[1].upper()}']}}"


def _node_variable(field: re.Match[str]) -> str:
    return f"${{process.env.{field[1].upper()}}}"
