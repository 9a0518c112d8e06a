"""A seeded corpus of secrets and personal data, as people and programs write them."""

import base64
import random
from dataclasses import dataclass

SEED = 20_261_123


@dataclass(frozen=True)
class Leak:
    """Something that must never be seen: how it is written, and what of it gives it away."""

    kind: str
    text: str
    core: str


def corpus(count: int = 40) -> list[Leak]:
    """The same `count` leaks of each kind every time."""
    chance = random.Random(SEED)
    makers = (email, phone, south_african_id, card, bearer, jwt, api_token, cookie, assigned, url)
    return [make(chance) for make in makers for _ in range(count)]


def email(chance: random.Random) -> Leak:
    name = chance.choice(["thandi", "sipho.nkosi", "o'brien", "zoë", "j+tag", "a_b-c"])
    address = (
        f"{name}{chance.randrange(99)}@{chance.choice(['uct.ac.za', 'example.com', 'mail.co'])}"
    )
    style = chance.choice(["{}", "<{}>", "mailto:{}", "user '{}' unknown", "?e={}&x=1"])
    return Leak("email", style.format(address), address)


def phone(chance: random.Random) -> Leak:
    code, first, last = chance.randrange(60, 85), chance.randrange(1000), chance.randrange(10_000)
    style = chance.choice(
        ["+27 {0} {1:03} {2:04}", "+27{0}{1:03}{2:04}", "0{0} {1:03} {2:04}", "0{0}{1:03}{2:04}"]
        + [
            "0{0}-{1:03}-{2:04}",
            "(0{0}) {1:03} {2:04}",
            "0027 {0} {1:03} {2:04}",
            "27{0}{1:03}{2:04}",
        ]
        + ["+44 20 {1:03} {2:04}", "({1:03}) 5{0}-{2:04}", "tel:+27{0}{1:03}{2:04}"]
    )
    return Leak("phone", style.format(code, first, last), f"{last:04}")


def south_african_id(chance: random.Random) -> Leak:
    born = f"{chance.randrange(100):02}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}"
    number = with_checksum(f"{born}{chance.randrange(10_000):04}{chance.randrange(2)}8")
    return Leak("id", chance.choice(["{}", "ID {}", "id={}", "({})"]).format(number), number)


def card(chance: random.Random) -> Leak:
    start, length = chance.choice([("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16)])
    body = start + "".join(chance.choices("0123456789", k=length - 1 - len(start)))
    number = with_checksum(body)
    groups = [number[i : i + 4] for i in range(0, length, 4)]
    text = chance.choice(["", " ", "-"]).join(groups)
    return Leak("card", f"charged {text} twice", text)


def bearer(chance: random.Random) -> Leak:
    secret = token(chance)
    style = chance.choice(["Authorization: Bearer {}", "bearer {}", "Authorization: Basic {}"])
    return Leak("bearer", style.format(secret), secret)


def jwt(chance: random.Random) -> Leak:
    body = base64.urlsafe_b64encode(f'{{"sub":"{token(chance)}"}}'.encode()).decode().rstrip("=")
    text = f"eyJhbGciOiJFZERTQSJ9.{body}.{token(chance)}"
    return Leak("jwt", f"people.{text}", body)


def api_token(chance: random.Random) -> Leak:
    secret = token(chance)
    return Leak("token", chance.choice(["azt_", "sk_live_", "ghp_", "whsec_"]) + secret, secret)


def cookie(chance: random.Random) -> Leak:
    secret = token(chance)
    style = chance.choice(["Cookie: azora_session={}; lang=zu", "Set-Cookie: azora_session={}"])
    return Leak("cookie", style.format(secret), secret)


def assigned(chance: random.Random) -> Leak:
    secret = token(chance)
    key = chance.choice(
        ["password", "client_secret", "api_key", "access-token", "csrf_token", "otp"]
    )
    style = chance.choice(["{}={}", "{}: {}", '{{"{}": "{}"}}', "{{'{}': '{}'}}", "?{}={}&page=2"])
    return Leak("assigned", style.format(key, secret), secret)


def url(chance: random.Random) -> Leak:
    secret = token(chance)
    scheme = chance.choice(["amqp", "postgresql", "redis", "https"])
    return Leak("url", f"{scheme}://azora:{secret}@host.example:5672/vhost", secret)


def token(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=24))


def with_checksum(digits: str) -> str:
    """The digits with the one that makes their Luhn sum right."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 if place % 2 else 2)
        total += number - 9 if number > 9 else number
    return f"{digits}{-total % 10}"
