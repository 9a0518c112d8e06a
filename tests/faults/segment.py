"""A network of two ends that can be cut: a veth pair, one end of it in a namespace of its own."""

import secrets
import subprocess


class Segment:
    """What runs `inside` reaches this machine at `address` alone, and not at all while the segment is cut."""

    def __init__(self) -> None:
        self._name = f"az{secrets.token_hex(4)}"
        network = f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(256)}"
        self.address = f"{network}.1"
        _ip("netns", "add", self._name)
        _ip("link", "add", self._name, "type", "veth", "peer", "name", "eth0", "netns", self._name)
        _ip("addr", "add", f"{self.address}/30", "dev", self._name)
        _ip("link", "set", self._name, "up")
        for command in (
            ("addr", "add", f"{network}.2/30", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-netns", self._name, *command)

    def inside(self, *command: str) -> list[str]:
        """The command that runs this one inside."""
        return ["ip", "netns", "exec", self._name, *command]

    def cut(self) -> None:
        """Let no packet through; neither side is told."""
        _ip("link", "set", self._name, "down")

    def mend(self) -> None:
        _ip("link", "set", self._name, "up")

    def close(self) -> None:
        """Take it away, and with the namespace its other end."""
        _ip("netns", "del", self._name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
