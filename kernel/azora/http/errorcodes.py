"""Every error code that the campus answers with: the kernel's own here, each plugin's from its value."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from azora.contract import ErrorCode
from azora.shell.i18n import N_, reader
from azora.shell.i18n import gettext as _

if TYPE_CHECKING:
    from azora.registry import Registry


_HOW = N_(
    "Every error is an RFC 9457 problem whose `code` stays the same. A plugin's own codes begin with its name."
)
KERNEL_CODES = tuple(
    ErrorCode(*entry)
    for entry in [
        ("table_not_found", 404, "The plugin has no table of this name.", "`GET /api/<plugin>/admin/tables` lists them."),
        ("row_not_found", 404, "The table has no row with this key.", "Look whether it was removed; keys stand in `key` of a row."),
        ("row_changed", 409, "Somebody changed the row after you read it.", "Read it again and send the change with its new `version`."),
        ("not_administered", 403, "No operation of the plugin does this to rows of the table.", "Look at `abilities` of the table."),
        ("setting_not_found", 404, "There is no such setting in this section.", "`GET /api/web/settings` lists them."),
        ("setting_fixed", 409, "The setting is read at the start, or a later place than the browser fixes it.", "Change it where `fixed_by` says, and restart."),
        ("bad_request", 400, "The request cannot be taken as it is.", "Read `detail` and change the request."),
        ("malformed_form", 400, "The form is not in UTF-8.", "Encode its fields as UTF-8."),
        ("malformed_json", 400, "The body is not valid JSON in UTF-8.", "Check it with a JSON parser; NaN and Infinity are not JSON."),
        ("malformed_request", 400, "The bytes are not a request as HTTP/1.1 says.", "Use an HTTP library; look for a proxy that changes requests."),
        ("malformed_url", 400, "The address is not percent-encoded UTF-8.", "Encode path and query as UTF-8."),
        ("malformed_multipart", 400, "The form's parts cannot be told apart.", "Let your HTTP library build multipart/form-data."),
        ("malformed_idempotency_key", 400, "The Idempotency-Key is empty, too long or not printable.", "Send a UUID."),
        ("body_not_expected", 400, "A body came where the operation takes none.", "Send the fields in the query."),
        ("form_unreadable", 400, "A form cannot be read.", "Load the page again and send it once more."),
        ("not_authenticated", 401, "The operation needs an actor and there is none.", "Sign in, or send `Authorization: Bearer <token>`."),
        ("invalid_token", 401, "The API token is unknown, expired or revoked.", "Make a new token."),
        ("unsupported_credentials", 401, "The Authorization header is not of the kind Bearer.", "Send `Authorization: Bearer <token>`."),
        ("actor.expired", 401, "The signed actor is older than it may be.", "Ask again; check the clocks of the machines."),
        ("actor.forged", 401, "The actor was not signed by this campus.", "Sign in at this campus."),
        ("not_allowed", 403, "The actor lacks the permission that `detail` names.", "Ask an administrator for a role that has it."),
        ("cross_site_request", 403, "A page of another site made the browser ask.", "Use the campus's own pages, or a token; an operator may list the origin."),
        ("https_required", 403, "The request came without TLS where the campus speaks HTTPS alone.", "Ask again with https://."),
        ("form_token", 403, "The form was opened under another session.", "Load the page again and send it once more."),
        ("route_not_found", 404, "Nothing is served at this address.", "Look the address up in /api/docs."),
        ("not_found", 404, "The thing does not exist, or you may not know that it does.", "Check the id."),
        ("method_not_allowed", 405, "The address takes other verbs.", "Use one that the Allow header names."),
        ("not_in_a_batch", 406, "Files and streams do not fit into a batch.", "Ask for it alone."),
        ("request_timeout", 408, "The headers did not come in time.", "Send the request in one go."),
        ("body_too_slow", 408, "The body came too slowly.", "Send it again over a better line."),
        ("conflict", 409, "It changed in the meantime, or exists already.", "Read it again, then decide."),
        ("idempotency_key_in_use", 409, "The same request is being answered now.", "Repeat it after Retry-After."),
        ("precondition_failed", 412, "The thing is not what If-Match or If-None-Match says.", "Read it again and repeat the change with the new ETag."),
        ("too_large", 413, "The body is larger than the operation allows.", "Send less; the bound is in `detail`."),
        ("url_too_long", 414, "The address is too long.", "Shorten the query."),
        ("unsupported_media_type", 415, "The Content-Type is not taken here.", "Send application/json, or multipart/form-data for files."),
        ("unsupported_charset", 415, "The body is not UTF-8.", "Encode it as UTF-8."),
        ("range_not_satisfiable", 416, "The range begins behind the end of the file.", "Ask within the size that Content-Range names."),
        ("invalid", 422, "Some fields do not fit the model.", "`errors` names each field, its code and what is wrong."),
        ("address_refused", 422, "The address to be fetched is none, or leads inside this network.", "Give a public https:// address; an operator may name machines of your own in AZORA_OUTBOUND_INSIDE."),
        ("event_too_large", 422, "What was asked would tell an event that is larger than may be told.", "Send less; an operator may raise AZORA_MAX_EVENT."),
        ("event_key_invalid", 422, "What was asked would tell an event whose key is too long or holds NUL.", "Send a shorter name, without NUL."),
        ("nobodys_field", 422, "What was asked would tell an event with a personal field, but not whose it is.", "Its author names the person, or leaves the field empty."),
        ("sealed_field", 422, "A personal field of an event was changed on its way, or sealed in a way that is not known here.", "Publish events with `emit`; a newer release may have sent it."),
        ("idempotency_key_reused", 422, "The key belongs to another request.", "Take a new key for a new request."),
        ("limit_reached", 429, "A quota or a bound is used up.", "`detail` says which; ask for more, or wait."),
        ("rate_limited", 429, "Too many requests in a minute.", "Wait for Retry-After; watch the RateLimit header."),
        ("upgrade_required", 426, "Here is a WebSocket.", "Use a WebSocket client that speaks version 13."),
        ("headers_too_large", 431, "The headers are too large.", "Clear the site's cookies."),
        ("internal", 500, "Something failed on our side.", "Try again; if it stays, report the trace id."),
        ("unavailable", 503, "Who should answer cannot be reached.", "Try again after Retry-After."),
        ("overloaded", 503, "The operation has too much to do.", "Try again after Retry-After."),
        ("deadline_exceeded", 504, "The answer did not come in time; whether the work was done is unknown.", "Look before you repeat it, or send an Idempotency-Key."),
        ("operation_not_found", 404, "The plugin has no operation of this name.", "Look it up with `azora plugins`; the plugin may be of another release."),
        ("not_offered", 503, "Nobody here serves the plugin.", "Look at `azora plugins` and /readyz; install or start it."),
        ("breaker_open", 503, "The operation failed several times in a row and is left alone for a while.", "Try again after Retry-After; look for the first error."),
        ("fetch_failed", 503, "A machine outside of the campus did not answer as it should.", "Look whether its address opens in a browser; try again later."),
        ("broker_unavailable", 503, "RabbitMQ cannot be reached.", "Try again after Retry-After; an operator looks at the broker."),
        ("database_unreachable", 503, "The plugin's database cannot be reached.", "Try again after Retry-After; an operator looks at the database."),
        ("database_busy", 503, "The plugin's database is busy. Nothing was changed.", "Try again after Retry-After."),
        ("storage_full", 500, "The disk of the database is full. Nothing of this change was kept.", "An operator frees some space; then try again."),
        ("files.not_found", 404, "The stored file is not there.", "Check the reference; an operator restores it from a backup."),
        ("files.too_large", 429, "The file is larger than may be stored.", "Send less; an operator may raise AZORA_MAX_UPLOAD."),
        ("files.disk_full", 503, "The disk for files is full. Nothing was stored.", "An operator frees some space; then try again."),
        ("files.unavailable", 503, "The store of files cannot be reached.", "Try again after Retry-After."),
        ("files.damaged", 500, "A stored file is not what was stored.", "An operator restores it from a backup."),
        ("reply_unreadable", 500, "A plugin answered what its model does not allow.", "Report the trace id; the plugins' releases may not fit."),
        ("remote_error", 500, "A service that is not ours failed.", "Report the trace id."),
        ("incorrect_signature", 400, "An RPC's arguments are not those of the operation.", "Send its fields as keywords."),
        ("malformed_message", 400, "An RPC's message is not as Nameko writes it.", "Send `args` and `kwargs`."),
        ("message_too_large", 400, "An RPC's message is larger than the operation takes.", "Send less; files go over HTTP."),
        ("streams_over_http", 400, "The operation streams, which RPC cannot.", "Call it over HTTP."),
        ("over_http", 400, "Files and streams do not pass through the terminal.", "Call the operation over HTTP."),
        ("token_invalid", 401, "The API token in the context data is unknown, expired or revoked.", "Make a new token."),
        ("actor.wrong_audience", 401, "The signed actor is for another campus.", "Sign in at this campus."),
        ("actor.wrong_key", 401, "The key that signed may not speak for this actor.", "Sign in again; an operator looks at who holds which key."),
        ("actor.too_long", 401, "The signed actor would live too long.", "Sign in again."),
        ("actor.no_key", 401, "This process holds no key that may speak for the actor.", "An operator looks at the keys folder."),
        ("call_not_declared", 403, "A plugin calls what it does not declare to call, which is refused.", "Its author names the operation in a class marked `@needs`, or in `Plugin.calls`."),
        ("call_in_transaction", 409, "A plugin calls another inside a transaction, which is refused.", "Its author calls first and then opens the transaction."),
        ("call_in_batch", 409, "A handler calls what is not idempotent for a batch of events, which is refused: the events are tried one by one.", "Its author lets it take no batches."),
        ("second_transaction", 500, "An event handler opens a second transaction, which is refused.", "Its author puts all its writes into one."),
        ("events.handler_not_found", 404, "The plugin has no handler of this name.", "`GET /api/nexus/handlers` lists them."),
        ("events.personal_in_clear", 422, "A personal field of an event was written in clear; it would outlive the person's erasure.", "Leave it sealed as it is, or empty (`null`)."),
        ("events.not_parked", 404, "None of these events is parked.", "List them with `azora events parked`."),
        ("data_in_use", 409, "The data folder belongs to a campus that is running.", "Stop that one, or choose another folder."),
        ("data_unwritable", 500, "The data folder cannot be made or written.", "Choose another with --data, or mend its rights."),
        ("address_in_use", 503, "The address to listen at is taken.", "Choose another with --port."),
        ("not_an_event", 422, "The message lacks the attributes of a CloudEvent.", "Publish events with `emit`, or with Nameko's dispatcher."),
        ("money.not_an_amount", 422, "The text is no amount of money.", "Write digits and a point, such as 12.50."),
        ("money.too_precise", 422, "The amount has more decimals than its currency.", "Round it as the currency does."),
        ("http_version", 505, "This server speaks HTTP/1.1.", "Use HTTP/1.1."),
    ]
)  # fmt: skip


def known_codes(registry: "Registry") -> list[ErrorCode]:
    """The kernel's codes, then those of each plugin by its name."""
    plugins = (loaded.plugin for _, loaded in sorted(registry.plugins.items()))
    return [*KERNEL_CODES, *(code for plugin in plugins for code in plugin.errors)]


def codes_document(codes: Iterable[ErrorCode]) -> dict[str, Any]:
    """The codes as JSON."""
    return {"codes": [asdict(code) for code in codes]}


def codes_page(codes: Iterable[ErrorCode]) -> str:
    """The codes as a page; each has its own anchor, to which a problem's `type` leads."""
    rows = "".join(
        f'<tr id="{escape(entry.code)}"><td><code>{escape(entry.code)}</code><td>{entry.status}'
        f'<td lang="en">{_prose(entry.cause)}<td lang="en">{_prose(entry.fix)}'
        for entry in codes
    )
    title, how = escape(_("Error codes")), _prose(_(_HOW))
    heads = "".join(
        f'<th scope="col">{escape(head)}'
        for head in (_("Code"), _("Status"), _("Cause"), _("What to do"))
    )
    return (
        f'<!doctype html><html lang="{reader().tag}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/api/docs/try.css">'
        f'<main><p><a href="/">{escape(_("Azora"))}</a> › <a href="/api/docs" translate="no">API</a></p><h1>{title}</h1>'
        f'<p>{how}</p><table class="stacked"><thead><tr>{heads}<tbody>{rows}</table></main></html>'
    )


def _prose(words: str) -> str:
    """Words as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words))
