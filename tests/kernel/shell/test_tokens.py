"""Colours: every declared pair meets WCAG 2.2 AA, high contrast AAA, and nothing else names a colour."""

import re
from importlib import resources

import pytest

STATIC = resources.files("azora.shell") / "static"
TOKENS = (STATIC / "tokens.css").read_text()
PAIRS = re.findall(r"pair: ([\w-]+) ([\w-]+) ([\d.]+)", TOKENS)
BLOCKS = re.findall(r"^ *([^\s/*@{}][^{}]*?) \{([^{}]*)\}", TOKENS, re.M)
STRICTER = {"4.5": 7.0, "3": 4.5}


def colours(body):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))


THEMES = {selector.split()[-1]: colours(body) for selector, body in BLOCKS if colours(body)}
LIGHT, DARK, CONTRAST = '[data-theme="light"]', '[data-theme="dark"]', '[data-theme="contrast"]'


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_there_are_three_themes_and_enough_pairs():
    assert {LIGHT, DARK, CONTRAST} <= THEMES.keys()
    assert len(PAIRS) > 25


@pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_a_declared_pair_can_be_read(theme, text, ground, least):
    wanted = STRICTER[least] if theme == CONTRAST else float(least)
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= wanted


@pytest.mark.parametrize("theme", [DARK, CONTRAST])
def test_a_theme_that_is_chosen_is_the_one_that_a_device_prefers(theme):
    bodies = [colours(body) for selector, body in BLOCKS if ":not([data-theme])" in selector]
    assert THEMES[theme] in bodies


@pytest.mark.parametrize("theme", [DARK, CONTRAST])
def test_every_theme_gives_every_colour(theme):
    assert THEMES[theme].keys() == THEMES[LIGHT].keys()


@pytest.mark.parametrize("name", sorted(sheet.name for sheet in (STATIC / "shell").iterdir()))
def test_nothing_else_names_a_colour(name):
    style = (STATIC / "shell" / name).read_text()
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl|oklch", style)
    used = set(re.findall(r"var\(--([\w-]+)", style)) - {"ground", "figure", "detail"}
    assert used <= set(re.findall(r"--([\w-]+):", TOKENS))
