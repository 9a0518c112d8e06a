"""Every command that the documentation shows does what it says, from the first to the last of its page."""

import pytest
from tests.docs.pages import PAGES, ROOT, File, fits, steps
from tests.docs.terminal import Terminal

RUNNABLE = [page for page in PAGES if page.exists() and any(steps(page))]


@pytest.fixture
def terminal(request):
    reader = Terminal(
        lambda: request.getfixturevalue("rabbitmq").new_vhost(),
        lambda: request.getfixturevalue("postgresql").new_database(),
    )
    yield reader
    reader.close()


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_do_what_the_page_says(page, terminal):
    for step in steps(page):
        if isinstance(step, File):
            terminal.write(step)
            continue
        code, out, err = terminal.run(step)
        if step.prints == ["^C"]:
            terminal.campus.stop()
            continue
        refused = any(line.startswith("✗") for line in step.prints)
        assert code == int(refused), f"$ {step.text}\n{out}{err}"
        if step.prints:
            assert fits(err if refused and not out else out, step.prints), (
                f"$ {step.text}\n{out}{err}"
            )


def test_what_a_page_says_is_compared_word_by_word():
    assert fits("3 given  again.\n", ["3 given again."])
    assert fits('{"id": "42", "title": "Mhudi"}', ['{"id": "…", "title": "Mhudi"}'])
    assert not fits("4 given again.", ["3 given again."])
    assert not fits("3 given again. And more.", ["3 given again."])
