"""The rules of identity, without a campus."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora_identity import domain
from azora_identity.domain import BackOff, Holder, Session, SessionLimits

seconds = st.floats(0, 4e9, allow_nan=False)
names = st.frozensets(st.from_regex(r"[a-z]{1,3}\.[a-z]{1,3}", fullmatch=True), max_size=6)
back_offs = st.builds(
    BackOff, st.integers(1, 50), st.floats(0.1, 10), st.floats(10, 3600), st.floats(3600, 1e6)
)


def session(created: float = 0.0, last_used: float = 0.0) -> Session:
    return Session("id", "digest", "user:1", ("password",), created, last_used)


class TestBackOff:
    def test_the_first_failures_are_free(self) -> None:
        back_off = BackOff(free=5)
        assert [back_off.wait(failures, last=100.0, now=100.0) for failures in range(5)] == [
            0.0
        ] * 5

    def test_pauses_double_up_to_the_longest(self) -> None:
        back_off = BackOff(free=5, first=1.0, longest=10.0)
        pauses = [back_off.wait(failures, last=100.0, now=100.0) for failures in range(5, 11)]
        assert pauses == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]

    def test_a_quiet_day_is_forgiven(self) -> None:
        back_off = BackOff(free=1, forget=60.0)
        assert back_off.remembered(9, last=100.0, now=159.9) == 9
        assert back_off.remembered(9, last=100.0, now=160.0) == 0

    @given(back_offs, st.integers(0, 10_000), seconds, seconds)
    def test_a_pause_is_never_negative_nor_longer_than_the_longest(
        self, back_off: BackOff, failures: int, last: float, now: float
    ) -> None:
        assert 0.0 <= back_off.wait(failures, last, now) <= back_off.longest

    @given(back_offs, st.integers(0, 1000), seconds)
    def test_more_failures_never_shorten_the_pause(
        self, back_off: BackOff, failures: int, now: float
    ) -> None:
        assert back_off.wait(failures + 1, now, now) >= back_off.wait(failures, now, now)


class TestSessionLimits:
    limits = SessionLimits(idle=60.0, absolute=600.0)

    def test_a_session_ends_after_rest(self) -> None:
        assert not self.limits.over(session(last_used=100.0), now=159.9)
        assert self.limits.over(session(last_used=100.0), now=160.0)

    def test_use_does_not_carry_it_beyond_its_absolute_limit(self) -> None:
        assert self.limits.over(session(created=0.0, last_used=599.0), now=600.0)

    @given(seconds, seconds)
    def test_it_never_outlives_either_limit(self, created: float, used_after: float) -> None:
        ends = self.limits.ends(session(created, created + used_after))
        assert ends <= created + 600.0
        assert ends <= created + used_after + 60.0


class TestPermissions:
    @given(names, names)
    def test_a_token_never_exceeds_its_owner(
        self, scopes: frozenset[str], held: frozenset[str]
    ) -> None:
        effective = Holder(held, scopes=scopes).effective()
        assert effective <= scopes
        assert effective <= held | domain.OWN_ACCOUNT

    @given(names)
    def test_an_administrators_token_has_exactly_its_scopes(self, scopes: frozenset[str]) -> None:
        assert Holder(frozenset({"*"}), scopes=scopes).effective() == scopes

    def test_a_token_for_everything_shrinks_with_its_owner(self) -> None:
        effective = Holder(frozenset({"library.read"}), scopes=frozenset({"*"})).effective()
        assert effective == {"library.read"} | domain.OWN_ACCOUNT

    @given(names)
    def test_with_a_one_time_password_only_the_password_can_be_changed(
        self, held: frozenset[str]
    ) -> None:
        assert Holder(held | {"*"}, must_change_password=True).effective() == {
            domain.CHANGE_PASSWORD
        }

    @given(names, names)
    def test_nobody_hands_out_what_they_lack(
        self, held: frozenset[str], wanted: frozenset[str]
    ) -> None:
        assert domain.covers(held, wanted) == (wanted <= held)
        assert not domain.covers(held, {"*"})
        assert domain.covers({"*"}, wanted | {"*"})


class TestSecrets:
    def test_tokens_are_long_random_and_recognisable(self) -> None:
        tokens = {domain.new_api_token() for _ in range(100)}
        assert len(tokens) == 100
        assert all(re.fullmatch(r"azt_[\w-]{43}", token) for token in tokens)

    def test_one_time_passwords_can_be_read_aloud(self) -> None:
        passwords = {domain.new_one_time_password() for _ in range(100)}
        assert len(passwords) == 100
        assert all(
            re.fullmatch(r"[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}", one) for one in passwords
        )

    def test_a_digest_does_not_hold_the_secret(self) -> None:
        assert re.fullmatch("[0-9a-f]{64}", domain.digest("secret"))


class TestText:
    @given(st.emails())
    def test_the_normal_form_of_an_address_is_stable(self, email: str) -> None:
        assert domain.normal_email(domain.normal_email(email)) == domain.normal_email(email)

    def test_addresses_differ_neither_by_case_nor_by_composition(self) -> None:
        assert domain.normal_email(" Zoe\u0308@Campus.Example ") == "zo\u00eb@campus.example"

    def test_a_password_keeps_its_case_and_spaces(self) -> None:
        assert domain.normal_password("  Isihlahla Sami ") == "  Isihlahla Sami "
        assert domain.normal_password("e\u0301") == "\u00e9"

    @pytest.mark.parametrize("path", ["/", "/library?query=a%20b", "/library/1#part", "/people"])
    def test_pages_of_the_campus_may_follow_a_sign_in(self, path: str) -> None:
        assert domain.safe_path(path) == path

    @pytest.mark.parametrize(
        "path",
        ["", "//evil.example", "https://evil.example", "/\\evil.example", "/\tevil", "/a\nb", "javascript:x",
         "/sign-in?next=/", "/sign-out"],
    )  # fmt: skip
    def test_nothing_else_may(self, path: str) -> None:
        assert domain.safe_path(path) == "/"

    @pytest.mark.parametrize(
        ("agent", "device"),
        [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1",
                "Safari, iPhone",
            ),
            ("curl/8.9.1", "curl"),
            ("", ""),
        ],
    )
    def test_a_device_is_named_as_people_call_it(self, agent: str, device: str) -> None:
        assert domain.device_of(agent) == device

    @given(st.text(max_size=40))
    def test_a_safe_path_never_leaves_the_campus(self, path: str) -> None:
        safe = domain.safe_path(path)
        assert safe.startswith("/") and not safe.startswith(("//", "/\\"))

    @pytest.mark.parametrize(
        ("address", "network", "subscriber"),
        [
            ("196.21.5.77", "196.21.5.0/24", "196.21.5.77/32"),
            ("2001:db8:1:2::7", "2001:db8:1::/48", "2001:db8:1:2::/64"),
            (None, "", ""),
            ("not an address", "", ""),
        ],
    )
    def test_networks_are_told_rather_than_addresses(
        self, address: str | None, network: str, subscriber: str
    ) -> None:
        assert domain.network_of(address) == network
        assert domain.subscriber_of(address) == subscriber
