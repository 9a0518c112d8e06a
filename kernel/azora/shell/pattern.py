"""Litema and shweshwe: every thing's own pattern, drawn from its id and stored nowhere.

Litema, the mural art of Basotho women, mirrors one painted square into four; shweshwe prints small
figures on indigo. Here an id picks three motifs; they fill a 2 × 2 quadrant, symmetric about its
diagonal, and the quadrant is mirrored into a 4 × 4 tile that repeats without a seam.
"""

import hashlib
from functools import lru_cache

from markupsafe import Markup, escape

CELL = 12
"""Units per motif; a tile is four motifs wide."""

TONES = 6
"""How many pairs of tones there are: `.pattern-0` … `.pattern-5` in the style sheet."""

SIDE = 4 * CELL

# A motif is one path in a 12 × 12 cell: absolute M, L, A (radius, sweep, x, y) and Z.
_MOTIFS = (
    "M0 0 A12 1 12 12 A12 1 0 0 Z",
    "M0 0 L12 0 L0 12 Z",
    "M0 12 A12 1 12 0 L12 4 A8 0 4 12 Z M8 12 A4 1 12 8 L12 12 Z",
    "M0 0 L3 0 L12 9 L12 12 L9 12 L0 3 Z M7 0 L12 0 L12 5 Z M0 7 L0 12 L5 12 Z",
    "M6 1 L11 6 L6 11 L1 6 Z",
    "M0 0 L12 6 L12 12 L6 12 Z",
    "M0 0 L12 0 L12 3 L3 3 L3 12 L0 12 Z M6 6 L12 6 L12 9 L9 9 L9 12 L6 12 Z",
    "M12 12 L12 0 A12 0 0 12 Z",
    "M3 1 A2 1 3 5 A2 1 3 1 Z M9 7 A2 1 9 11 A2 1 9 7 Z M9 1 A2 1 9 5 A2 1 9 1 Z M3 7 A2 1 3 11 A2 1 3 7 Z",
    "M0 0 L6 6 L0 12 Z M6 0 L12 6 L6 12 L8 6 Z",
    "M12 12 L12 2 A10 0 2 12 L5 12 A7 1 12 5 Z M0 0 L5 0 L0 5 Z",
    "M0 12 L4 4 L12 0 L8 8 Z",
)
_DETAILS = (
    "",
    "M24 21 A3 1 24 27 A3 1 24 21 Z",
    "M24 19 L29 24 L24 29 L19 24 Z",
    (
        "M24 22 A2 1 24 26 A2 1 24 22 Z M12 10 A2 1 12 14 A2 1 12 10 Z M36 10 A2 1 36 14 A2 1 36 10 Z"
        " M12 34 A2 1 12 38 A2 1 12 34 Z M36 34 A2 1 36 38 A2 1 36 34 Z"
    ),
)


def pattern(identity: str, size: int = 48, label: str = "") -> Markup:
    """One tile of the pattern of `identity` as an inline SVG of `size` CSS pixels.

    It is decoration unless `label` says what it shows. The style sheet gives it its two tones.
    """
    figure, detail, tone = _draw(identity)
    role = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true"')
    )
    return Markup(
        '<svg class="pattern pattern-{}" viewBox="0 0 {} {}" width="{}" height="{}" {} focusable="false">'
        '<path class="pattern-ground" d="M0 0H{}V{}H0Z"/><path class="pattern-figure" d="{}"/>{}</svg>'
    ).format(tone, SIDE, SIDE, size, size, role, SIDE, SIDE, figure, detail)


def pattern_band(identity: str, height: int = 24, ident: str = "band") -> Markup:
    """The pattern of `identity` repeated over the width of its place; `ident` is its id in the page."""
    figure, detail, tone = _draw(identity)
    scale = height / SIDE
    return Markup(
        '<svg class="pattern pattern-band pattern-{}" width="100%" height="{}" aria-hidden="true" focusable="false">'
        '<defs><pattern id="{}" width="{}" height="{}" patternUnits="userSpaceOnUse" patternTransform="scale({:g})">'
        '<path class="pattern-ground" d="M0 0H{}V{}H0Z"/><path class="pattern-figure" d="{}"/>{}</pattern></defs>'
        '<rect width="100%" height="100%" fill="url(#{})"/></svg>'
    ).format(tone, height, ident, SIDE, SIDE, scale, SIDE, SIDE, figure, detail, ident)


def pattern_file(identity: str, ground: str = "#1d2b53", figure: str = "#faf6ef") -> Markup:
    """The pattern as an SVG file of its own, for icons and places without our style sheet."""
    drawn, detail, _ = _draw(identity)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}"><path fill="{}" d="M0 0H{}V{}H0Z"/>'
        '<g fill="{}"><path d="{}"/></g><g fill="{}">{}</g></svg>'
    ).format(SIDE, SIDE, escape(ground), SIDE, SIDE, escape(figure), drawn, escape(ground), detail)


@lru_cache(maxsize=2048)
def _draw(identity: str) -> tuple[str, Markup, int]:
    """The figure's path, the detail over the crossing, and the pair of tones."""
    digest = hashlib.sha256(identity.encode()).digest()
    first, second, third = (digest[index] % len(_MOTIFS) for index in range(3))
    turns = [digest[index + 3] % 4 for index in range(3)]
    quadrant = (
        (first, turns[0], False, 0, 0),
        (second, turns[1], False, 1, 0),
        (second, turns[1], True, 0, 1),
        (third, turns[2], False, 1, 1),
    )
    figure = "".join(
        _place(_MOTIFS[motif], turn, transposed, column, row, mirror_x, mirror_y)
        for motif, turn, transposed, column, row in quadrant
        for mirror_x in (False, True)
        for mirror_y in (False, True)
    )
    detail = _DETAILS[digest[6] % len(_DETAILS)]
    drawn = (
        Markup('<path class="pattern-detail" d="{}"/>').format(_place(detail))
        if detail
        else Markup()
    )
    return figure, drawn, digest[7] % TONES


def _place(
    path: str,
    turn: int = 0,
    transposed: bool = False,
    column: int = 0,
    row: int = 0,
    mirror_x: bool = False,
    mirror_y: bool = False,
) -> str:
    """One motif turned by quarters, transposed, moved to its cell and mirrored across the tile."""

    def move(x: float, y: float) -> str:
        for _ in range(turn):
            x, y = CELL - y, x
        if transposed:
            x, y = y, x
        x, y = x + column * CELL, y + row * CELL
        return f"{SIDE - x if mirror_x else x:g} {SIDE - y if mirror_y else y:g}"

    flipped = transposed ^ mirror_x ^ mirror_y
    words, out = path.split(), []
    while words:
        word = words.pop(0)
        command, number = word[0], word[1:]
        if command == "Z":
            out.append("Z")
        elif command == "A":
            sweep = int(words.pop(0)) ^ flipped
            out.append(
                f"A{number} {number} 0 0 {sweep} {move(float(words.pop(0)), float(words.pop(0)))}"
            )
        else:
            out.append(command + move(float(number), float(words.pop(0))))
    return "".join(out)
