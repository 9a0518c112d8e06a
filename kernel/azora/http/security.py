"""Security headers for every kind of response, made once; pages get a fresh nonce each.

Graded A+ by Mozilla Observatory's rules (tests/kernel/http/test_observatory.py).
"""

import secrets
from typing import TYPE_CHECKING

from azora.tls.settings import tls_settings

if TYPE_CHECKING:
    from azora.http.settings import HttpSettings
    from azora.settings.campus import CampusSettings

REPORT_PATH = "/api/csp-reports"
_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors {ancestors}; report-uri {report}; report-to csp"
)
_PERMISSIONS = (
    "accelerometer=(), autoplay=(self), browsing-topics=(), camera=(self), "
    "display-capture=(self), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(self), midi=(), payment=(self), serial=(), usb=()"
)
_HSTS = "max-age=63072000; includeSubDomains; preload"


class SecurityHeaders:
    """Header blocks by kind of response: `api`, `file`, `page`."""

    def __init__(self, campus: "CampusSettings", settings: "HttpSettings") -> None:
        ancestors = " ".join(settings.frame_ancestors) or "'none'"
        self._always_https = campus.in_production or is_https(campus)
        common = [
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: strict-origin-when-cross-origin",
            f"Permissions-Policy: {_PERMISSIONS}",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Resource-Policy: same-origin",
            "X-Permitted-Cross-Domain-Policies: none",
        ]
        if ancestors == "'none'":
            common.append("X-Frame-Options: DENY")
        self._plain = _block([*common, f"Content-Security-Policy: {_CLOSED}"])
        self._page = _block([*common, f'Reporting-Endpoints: csp="{REPORT_PATH}"'])
        self._policy = _PAGE.replace("{ancestors}", ancestors).replace("{report}", REPORT_PATH)
        self._hsts = f"Strict-Transport-Security: {_HSTS}\r\n".encode() if _lasts(campus) else b""
        self._plain_https = self._plain + self._hsts

    def preset(self, kind: str, scheme: str) -> bytes:
        """The block for a kind of response; the policy of a page comes from `policy`."""
        https = self._always_https or scheme == "https"
        if kind == "page":
            return self._page + self._hsts if https else self._page
        return self._plain_https if https else self._plain

    def policy(self, nonce: str) -> str:
        """The Content-Security-Policy of a page whose inline parts carry this nonce."""
        return self._policy.replace("{nonce}", nonce)


def new_nonce() -> str:
    """A nonce for one page."""
    return secrets.token_urlsafe(16)


def is_https(campus: "CampusSettings") -> bool:
    """Whether browsers reach the campus over HTTPS."""
    return (campus.public_url or "").startswith("https://")


def _lasts(campus: "CampusSettings") -> bool:
    """Whether browsers may be told to insist on HTTPS for years.

    Not where the campus serves it under a certificate of its own making, or under no public name: a
    browser that insists lets nobody past a certificate that it does not trust.
    """
    tls = tls_settings(campus)
    return not tls.enabled or (is_https(campus) and not tls.made)


def _block(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()
