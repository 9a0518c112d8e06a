"""Password hashes and the refusal of guessable passwords."""

import eventlet
import pytest

from azora import Invalid
from azora_identity.passwords import Passwords
from azora_identity.settings import IdentitySettings

GOOD = "umfula ugeleza kancane"


def passwords(**settings: int) -> Passwords:
    cheap = {"password_memory_kib": 64, "password_time_cost": 1}
    return Passwords(IdentitySettings(**{**cheap, **settings}))


class TestHashes:
    def test_a_hash_is_argon2id_and_salted(self) -> None:
        one, other = passwords().hash(GOOD), passwords().hash(GOOD)
        assert one.startswith("$argon2id$")
        assert one != other

    def test_only_the_right_password_matches(self) -> None:
        stored = passwords().hash(GOOD)
        assert passwords().matches(stored, GOOD)
        assert not passwords().matches(stored, GOOD + " ")
        assert not passwords().matches(stored, GOOD.upper())

    def test_a_password_matches_however_a_keyboard_composes_it(self) -> None:
        assert passwords().matches(passwords().hash("caf\u00e9 au lait 1"), "cafe\u0301 au lait 1")

    def test_nothing_matches_an_absent_or_broken_hash(self) -> None:
        assert not passwords().matches(None, GOOD)
        assert not passwords().matches("not a hash", GOOD)

    def test_an_absent_hash_costs_as_much_as_a_wrong_password(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        subject = passwords()
        seen: list[str] = []
        monkeypatch.setattr(
            subject, "_verify", lambda stored, password: seen.append(stored) or False
        )
        subject.matches(None, GOOD)
        subject.matches(subject.hash(GOOD), GOOD)
        assert [stored.rsplit("$", 2)[0] for stored in seen] == [seen[0].rsplit("$", 2)[0]] * 2

    def test_other_parameters_make_a_hash_stale(self) -> None:
        stored = passwords().hash(GOOD)
        assert not passwords().is_stale(stored)
        assert passwords(password_time_cost=2).is_stale(stored)

    def test_hashing_does_not_hold_up_the_campus(self) -> None:
        subject = passwords(password_memory_kib=131_072, password_time_cost=3)
        hashing = eventlet.spawn(subject.hash, GOOD)
        turns = 0
        while not hashing.dead:
            eventlet.sleep(0)
            turns += 1
        assert turns > 10
        assert subject.matches(hashing.wait(), GOOD)


class TestStrength:
    def refusal(self, password: str, *personal: str) -> str:
        with pytest.raises(Invalid) as refused:
            passwords().check_strength(password, personal)
        [field] = refused.value.fields
        assert field["field"] == "new_password"
        return field["code"]

    @pytest.mark.parametrize(
        "password",
        [
            GOOD,
            "correct horse battery staple",
            "Xk7 pola vez nim tolu rask wep dorin feh lumak zet oby quav sirn plot",
            "寿司が好きです、毎日食べます",
        ],
    )
    def test_long_and_unusual_ones_pass_without_further_rules(self, password: str) -> None:
        passwords().check_strength(password, ["thandi@campus.example", "Thandi"])

    def test_short_ones_are_refused(self) -> None:
        assert self.refusal("xK9#mQ2$vL5") == "string_too_short"

    @pytest.mark.parametrize(
        "password",
        [
            "password1234",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "123456789012",
            "Password123!",
            "iloveyou2024",
        ],
    )
    def test_common_ones_are_refused(self, password: str) -> None:
        assert self.refusal(password) == "identity.password_too_common"

    def test_ones_own_name_and_address_are_refused(self) -> None:
        assert (
            self.refusal("thandinkosi1", "thandinkosi@campus.example")
            == "identity.password_too_common"
        )

    def test_the_longest_password_is_judged_quickly_enough(self) -> None:
        assert self.refusal("p@ssw0rd" * 16) == "identity.password_too_common"
