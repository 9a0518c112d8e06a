"""The systemd unit, as systemd itself judges it."""

import re
import subprocess
from pathlib import Path

import pytest

from azora.cli.campus import campus_settings
from azora.cli.service import STATE, unit
from azora.errors import Invalid
from azora.testing.campus import run_azora
from azora.testing.parts import executable

OPEN = 2.5
"""Below this, of ten, systemd calls a service's exposure OK."""


def verified(text, tmp_path, *command):
    path = tmp_path / "azora.service"
    path.write_text(text)
    tool = executable("systemd")
    return subprocess.run([tool, *command, str(path)], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("options", "user"),
    [
        ([], None),
        (["--tls", "--host", "0.0.0.0", "--port", "443"], None),
        (["--processes"], "daemon"),
    ],
)
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path, options, user):
    text = unit(campus_settings(str(STATE)), options, user)
    done = verified(text, tmp_path, "verify", "--man=no")
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_calls_the_walls_good(tmp_path):
    done = verified(
        unit(campus_settings(str(STATE)), ["--tls"], None), tmp_path, "security", "--offline=true"
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found and float(found[1]) < OPEN, done.stdout


def test_the_command_prints_a_unit_that_starts_the_campus_as_asked(tmp_path):
    done = run_azora("service", "--", "--tls", "--host", "::", cwd=tmp_path)
    assert done.code == 0, done.err
    assert re.search(
        r"^ExecStart=\S+ -m azora\.command up --tls --host ::$", done.out, re.MULTILINE
    )
    for line in ("Type=notify", "WatchdogSec=60", "ProtectSystem=strict", "StateDirectory=azora"):
        assert f"\n{line}\n" in done.out


def test_low_ports_are_the_only_right_that_is_kept():
    high = unit(campus_settings(str(STATE)), ["--port", "8000"], None)
    low = unit(campus_settings(str(STATE)), ["--port", "80"], None)
    assert "CapabilityBoundingSet=\n" in high and "Ambient" not in high
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in low


def test_data_elsewhere_needs_an_account_and_may_be_written():
    elsewhere = campus_settings("/srv/campus")
    with pytest.raises(Invalid, match="--user"):
        unit(elsewhere, [], None)
    assert "ReadWritePaths=/srv/campus\n" in unit(elsewhere, [], "daemon")


def test_an_account_that_is_not_there_is_told():
    with pytest.raises(Invalid, match="adduser"):
        unit(campus_settings(str(STATE)), [], "nobody-of-this-name")


def test_files_are_named_with_their_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = unit(campus_settings(str(STATE)), ["--certificate", "c.pem", "--key", "/k.pem"], None)
    assert f"up --certificate {tmp_path}/c.pem --key /k.pem\n" in text


def test_percent_signs_are_not_systemds():
    assert "up --public-name 100%%" in unit(
        campus_settings(str(STATE)), ["--public-name", "100%"], None
    )


def test_who_may_not_write_the_unit_is_told_what_to_do(monkeypatch):
    from azora.cli import service

    monkeypatch.setattr(service, "FOLDER", Path("/proc/nowhere"))
    with pytest.raises(Exception, match="run this as root"):
        service.service(write=True)
