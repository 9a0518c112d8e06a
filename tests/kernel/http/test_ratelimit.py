"""Token buckets in one process and in Redis, and rates that operations declare."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from azora.errors import PluginError
from azora.http.buckets import MemoryBuckets, RedisBuckets
from azora.rates import Rate


@pytest.fixture(params=["memory", "redis"])
def buckets(request):
    if request.param == "memory":
        return MemoryBuckets()
    return RedisBuckets(request.getfixturevalue("redis").url)


def test_a_bucket_holds_its_limit_and_then_refuses(buckets):
    left = [buckets.take("holds", 3, 3600) for _ in range(5)]
    assert [round(level) for level in left[:3]] == [2, 1, 0]
    assert all(level < 0 for level in left[3:])


def test_a_bucket_fills_up_again(buckets):
    while buckets.take("fills", 5, 0.05) >= 0:
        pass
    level = -1.0
    while level < 0:
        level = buckets.take("fills", 5, 0.05)
    assert level >= 0


def test_each_key_has_a_bucket_of_its_own(buckets):
    assert buckets.take("one", 1, 3600) >= 0
    assert buckets.take("other", 1, 3600) >= 0
    assert buckets.take("one", 1, 3600) < 0


@pytest.mark.needs("redis")
def test_processes_share_their_buckets_in_redis_and_no_token_is_given_twice(redis):
    processes = [RedisBuckets(redis.url) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        levels = pool.map(lambda n: processes[n % 4].take("shared", 50, 36_000), range(200))
        assert sum(level >= 0 for level in levels) == 50


@pytest.mark.needs("redis")
def test_while_redis_is_away_each_process_counts_for_itself(new_redis):
    buckets = RedisBuckets(new_redis.url)
    assert buckets.take("away", 2, 3600) >= 0
    new_redis.stop()
    assert [buckets.take("away", 2, 3600) >= 0 for _ in range(3)] == [True, True, False]


@pytest.fixture
def new_redis():
    from azora.testing.redis import Redis

    server = Redis().start()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("text", "rate"), [("10/min", Rate(10, 60)), ("1/sec", Rate(1, 1)), ("500/day", Rate(500, 86_400))]
)  # fmt: skip
def test_a_rate_is_written_as_people_say_it(text, rate):
    assert Rate.of(text) == rate


@pytest.mark.parametrize("text", ["", "10", "0/min", "x/min", "10/fortnight", "-1/min", "1.5/min"])
def test_a_rate_that_says_nothing_is_refused(text):
    with pytest.raises(PluginError, match="10/min"):
        Rate.of(text)
