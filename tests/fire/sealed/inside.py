"""Runs a command in a network that has only this machine in it, and lists all that it tried to send elsewhere.

``unshare --net --mount --map-root-user python inside.py REPORT command…``: a program of its own, which knows nothing
of ours. Whatever is not for loopback goes into a tunnel that ends here: every packet of every process, look-ups of
names included, whoever sends it and whether or not it minds that no answer comes. Two addresses of AWS's that lead out
of no machine are on loopback and answer, with credentials: of those, every request is listed.
"""

import fcntl
import http.server
import ipaddress
import json
import os
import socketserver
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import TextIO

METADATA, CONTAINER = "169.254.169.254", "169.254.170.2"
NAMES, PROXY = "10.66.0.53", "10.66.0.9"
"""A resolver and a proxy that packets can be sent to; nobody is there."""
TUN, NO_INFORMATION = 0x0001, 0x1000  # linux/if_tun.h
SET_INTERFACE = 0x400454CA
OF_THE_KERNEL = (2, 58)
"""IGMP and ICMPv6, by which it announces an interface."""
CREDENTIALS = {
    "Code": "Success",
    "Type": "AWS-HMAC",
    "AccessKeyId": "ASIAREALREALREALREAL",
    "SecretAccessKey": "real",
    "Token": "real",
    "Expiration": "2099-01-01T00:00:00Z",
}


def main(report: str, *command: str) -> int:
    """Adds a line to the file ``report`` for all that is tried, as it is."""
    with Path(report).open("a", buffering=1) as left:
        tunnel = _build_network()
        threading.Thread(target=_watch, args=(tunnel, left), daemon=True).start()
        for address in (METADATA, CONTAINER):
            _serve(address, left)
        return subprocess.run(command, check=False).returncode


def _build_network() -> int:
    tunnel = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tunnel, SET_INTERFACE, struct.pack("16sH22x", b"outside", TUN | NO_INFORMATION))
    for arguments in (
        "link set lo up",
        f"addr add {METADATA}/32 dev lo",
        f"addr add {CONTAINER}/32 dev lo",
        "addr add 10.66.0.2/24 dev outside",
        "link set outside up",
        "route add default dev outside",
        "-6 addr add fd66::2/64 dev outside nodad",
        "-6 route add default dev outside",
    ):
        subprocess.run(["ip", *arguments.split()], check=True)
    _replace("/etc/resolv.conf", f"nameserver {NAMES}\noptions timeout:1 attempts:1\n")
    _replace("/etc/hosts", f"127.0.0.1 localhost {os.uname().nodename}\n::1 localhost\n")
    return tunnel


def _replace(path: str, text: str) -> None:
    """For this mount namespace alone."""
    own = Path(f"/tmp/sealed-{os.getpid()}-{Path(path).name}")
    own.write_text(text)
    subprocess.run(["mount", "--bind", str(own), path], check=True)
    own.unlink()


def _watch(tunnel: int, left: TextIO) -> None:
    while packet := os.read(tunnel, 65_536):
        if (told := describe(packet)) is not None:
            left.write(f"{told}\n")


def describe(packet: bytes) -> str | None:
    """Protocol, address and port, with the name where one is looked up; None for what the kernel says by itself."""
    if packet[0] >> 4 == 4:
        protocol, to, rest = packet[9], ipaddress.ip_address(packet[16:20]), packet[(packet[0] & 15) * 4 :]
    else:
        protocol, to, rest = packet[6], ipaddress.ip_address(packet[24:40]), packet[40:]
    if protocol in OF_THE_KERNEL or (packet[0] >> 4 == 6 and protocol == 0):  # 0: MLD's hop-by-hop option
        return None
    if protocol not in (6, 17):
        return f"protocol {protocol} to {to}"
    port = int.from_bytes(rest[2:4], "big")
    if protocol == 17 and port == 53:
        return f"look-up of {_name(rest[20:])}"
    return f"{'tcp' if protocol == 6 else 'udp'} to {to} port {port}"


def _name(question: bytes) -> str:
    labels = list[str]()
    while question and (length := question[0]):
        labels.append(question[1 : 1 + length].decode("latin-1"))
        question = question[1 + length :]
    return ".".join(labels)


def _serve(address: str, left: TextIO) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            left.write(f"{self.command} http://{address}{self.path}\n")
            is_list = self.path.endswith("security-credentials/")
            body = b"role" if is_list else b"token" if self.command == "PUT" else json.dumps(CREDENTIALS).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = handle_any  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            pass

    server = socketserver.ThreadingTCPServer((address, 80), Handler)  # which looks up no name of its own
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
