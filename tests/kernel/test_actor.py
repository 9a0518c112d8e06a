"""Actors: who may speak for whom, and what a verifier refuses."""

import json
import time
from pathlib import Path

import pytest

from azora.actor import CLOCK_SKEW, ActorKeyring, load_keyring, prepare_keys
from azora.errors import NotAuthenticated


@pytest.fixture
def folder(tmp_path):
    prepare_keys(
        tmp_path / "keys", "campus-a", {"library": {"pay.read"}, "pay": set(), "identity": set()}
    )
    return tmp_path / "keys"


def test_identity_signs_people_whom_every_process_verifies(folder):
    token = load_keyring(folder, {"identity"}).sign("user:1", {"library.read"}, 10, name="Thandi")
    actor = load_keyring(folder, {"library"}).verify(token)
    assert (actor.id, actor.name) == ("user:1", "Thandi")
    assert actor.may("library.read")
    assert not actor.may("library.manage")


def test_a_plugin_without_the_people_key_cannot_sign_a_person(folder):
    with pytest.raises(NotAuthenticated) as refusal:
        load_keyring(folder, {"library"}).sign("user:1", {"*"}, 10)
    assert refusal.value.code == "actor.no_key"


def test_an_administrator_signed_with_a_plugins_own_key_is_refused(folder):
    ring = load_keyring(folder, {"library"})
    forger = ActorKeyring(
        "campus-a",
        {"plugin-library": ring._trusted["people"]},
        {"plugin-library": ring._private["plugin-library"]},
    )
    with pytest.raises(NotAuthenticated) as refusal:
        load_keyring(folder, {"pay"}).verify(forger.sign("user:1", {"*"}, 10))
    assert refusal.value.code == "actor.wrong_key"


def test_what_a_plugin_may_do_comes_from_the_ring_and_not_from_its_claim(folder):
    token = load_keyring(folder, {"library"}).sign("plugin:library", {"*"}, 10)
    assert load_keyring(folder, {"pay"}).verify(token).permissions == {"pay.read"}


def test_a_plugin_cannot_speak_for_another(folder):
    with pytest.raises(NotAuthenticated):
        load_keyring(folder, {"library"}).sign("plugin:pay", seconds=10)


def test_an_actor_of_another_campus_is_refused(folder, tmp_path):
    for name in ("people.key", "plugin-pay.key"):
        (tmp_path / "other").mkdir(exist_ok=True)
        (tmp_path / "other" / name).write_text((folder / name).read_text())
    prepare_keys(tmp_path / "other", "campus-b", {"identity": set()})
    token = load_keyring(tmp_path / "other", {"identity"}).sign("user:1", {"*"}, 10)
    with pytest.raises(NotAuthenticated) as refusal:
        load_keyring(folder, {"pay"}).verify(token)
    assert refusal.value.code == "actor.wrong_audience"


@pytest.mark.parametrize("late", [CLOCK_SKEW - 2, CLOCK_SKEW + 2])
def test_clocks_may_differ_by_the_skew_and_no_more(folder, late):
    token = load_keyring(folder, {"identity"}).sign("user:1", seconds=-late)
    verifier = load_keyring(folder, {"pay"})
    if late < CLOCK_SKEW:
        assert verifier.verify(token).id == "user:1"
    else:
        with pytest.raises(NotAuthenticated):
            verifier.verify(token)


def test_a_cached_actor_expires_too(folder, monkeypatch):
    token = load_keyring(folder, {"identity"}).sign("user:1", seconds=10)
    verifier = load_keyring(folder, {"pay"})
    verifier.verify(token)
    later = time.time() + 10 + CLOCK_SKEW + 1
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(NotAuthenticated):
        verifier.verify(token)


def test_an_actor_that_would_live_for_days_is_refused(folder):
    token = load_keyring(folder, {"identity"}).sign("user:1", seconds=86_400)
    with pytest.raises(NotAuthenticated) as refusal:
        load_keyring(folder, {"pay"}).verify(token)
    assert refusal.value.code == "actor.too_long"


@pytest.mark.parametrize(
    "damage",
    [lambda t: t[:-3], lambda t: "x" + t, lambda t: "", lambda t: t + ".a", lambda t: "a.b.c"],
)
def test_a_damaged_token_is_refused(folder, damage):
    token = load_keyring(folder, {"identity"}).sign("user:1", {"*"}, 10)
    with pytest.raises(NotAuthenticated) as refusal:
        load_keyring(folder, {"pay"}).verify(damage(token))
    assert refusal.value.code == "actor.forged"


def test_claims_cannot_be_exchanged_under_a_signature(folder):
    import base64

    token = load_keyring(folder, {"identity"}).sign("user:1", {"library.read"}, 10)
    key, _, signature = token.split(".")
    claims = {"sub": "user:1", "aud": "campus-a", "exp": time.time() + 10, "per": ["*"]}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    with pytest.raises(NotAuthenticated):
        load_keyring(folder, {"pay"}).verify(f"{key}.{forged}.{signature}")


def test_keys_are_kept_when_prepared_again_and_readable_by_the_owner_alone(folder):
    before = (folder / "people.key").read_text()
    prepare_keys(folder, "campus-a", {"library": set(), "identity": set()})
    assert (folder / "people.key").read_text() == before
    assert (folder / "people.key").stat().st_mode & 0o077 == 0


def test_a_plugin_has_a_secret_for_each_purpose_that_no_other_has(tmp_path: Path) -> None:
    prepare_keys(tmp_path, "campus", {"library": set(), "web": set()})
    library = load_keyring(tmp_path, {"library"})
    again = load_keyring(tmp_path, {"library"})
    links = library.secret("plugin:library", "links")
    assert len(links) == 32
    assert again.secret("plugin:library", "links") == links
    assert library.secret("plugin:library", "other") != links
    assert load_keyring(tmp_path, {"web"}).secret("plugin:web", "links") != links
    with pytest.raises(NotAuthenticated):
        library.secret("plugin:web", "links")
