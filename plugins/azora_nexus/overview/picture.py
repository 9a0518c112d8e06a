"""Draws a causal chain as SVG: a line for each step, lines from each to what came of it."""

from collections.abc import Sequence

from markupsafe import Markup

from azora_nexus.overview.contracts import Link

ROW, INDENT, EDGE = 34, 18, 16
_WIDTH = 640
_DOTS = {"event": "nexus-event", "done": "nexus-done", "parked": "nexus-parked"}


def picture(links: Sequence[Link], title: str) -> Markup:
    """The chain as an image with a title; the list beside it says the same in words."""
    depths = _depths(links)
    height = ROW * len(links)
    body = [_line(links, depths, place) for place in range(len(links))]
    body += [_step(link, depths[place], place) for place, link in enumerate(links)]
    head = Markup(
        '<svg class="nexus-chain" viewBox="0 0 {} {}" width="{}" height="{}" role="img"'
        ' aria-label="{}" focusable="false">'
    ).format(_WIDTH, height, _WIDTH, height, title)
    return head + Markup("").join(body) + Markup("</svg>")


def _depths(links: Sequence[Link]) -> list[int]:
    depths: list[int] = []
    for link in links:
        depths.append(0 if link.parent is None else depths[link.parent] + 1)
    return depths


def _at(depth: int, place: int) -> tuple[int, int]:
    return EDGE + INDENT * min(depth, 14), ROW * place + ROW // 2


def _line(links: Sequence[Link], depths: Sequence[int], place: int) -> Markup:
    """Down from the step above, then across."""
    above = links[place].parent
    if above is None:
        return Markup("")
    x, y = _at(depths[above], above)
    to_x, to_y = _at(depths[place], place)
    return Markup('<path class="nexus-line" d="M{} {}V{}H{}"/>').format(x, y, to_y, to_x)


def _step(link: Link, depth: int, place: int) -> Markup:
    x, y = _at(depth, place)
    kind = "event" if link.kind == "event" else link.state
    dot = Markup('<circle class="nexus-dot {}" cx="{}" cy="{}" r="{}"/>').format(
        _DOTS.get(kind, "nexus-open"), x, y, 8 if link.asked else 6
    )
    text = Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
        "nexus-asked" if link.asked else "nexus-name", x + 16, y + 5, link.name
    )
    return dot + text
