"""A job that could never run is refused at load, by name."""

import pytest
from tests.kernel.hosting import make_plugin

from azora import Reply, Request, Service, operation
from azora.contract import Job
from azora.loader import load_registry


class Nothing(Reply):
    pass


class Garden(Service):
    @operation("POST /water", public=True)
    def water(self, request: Request) -> Nothing:
        return Nothing()


def refusal(*jobs):
    garden = make_plugin("garden", services=[Garden], jobs=jobs)
    return load_registry([garden], installed=False).refused.get("garden")


@pytest.mark.parametrize("name", ["water", "garden.water"])
def test_a_job_that_can_run_is_let_in(name):
    assert refusal(Job(name, "*/5 * * * *")) is None


@pytest.mark.parametrize("cron", ["", "often", "61 * * * *", "* * * *"])
def test_a_job_whose_times_are_no_cron_expression_is_named(cron):
    reason = refusal(Job("water", "0 3 * * *"), Job("water", cron))
    assert "the job water" in reason and "not a cron expression" in reason


@pytest.mark.parametrize("name", ["prune", "library.search", "garden.prune"])
def test_a_job_of_an_operation_that_the_plugin_lacks_is_named(name):
    assert f"the job {name} names no operation of garden" in refusal(Job(name, "0 3 * * *"))
