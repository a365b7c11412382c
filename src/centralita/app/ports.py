"""Whether the ports of this installation are free, and who holds those that are not: asked before anything starts."""

from __future__ import annotations

import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from centralita.settings import Settings


@dataclass(frozen=True, slots=True)
class PortProblem:
    """A port that cannot be had. ``setting`` is the name of the setting that moves it."""

    port: int
    transport: str
    setting: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"port {self.port}/{self.transport} {self.reason}"


def check_ports(settings: Settings) -> list[PortProblem]:
    """Try each port that must be ours."""
    wanted = [
        (settings.sip_port, "udp", "sip_port"),
        (settings.sip_port, "tcp", "sip_port"),
        (settings.http_port, "tcp", "http_port"),
    ]
    tried = [check_port(settings.bind, port, transport, setting) for port, transport, setting in wanted]
    return [problem for problem in tried if problem is not None]


def check_audio_ports(settings: Settings) -> list[PortProblem]:
    """Try the first and the last audio port of each media worker. One that is taken is passed over; many are a mistake."""
    tried = [
        check_port(settings.bind, port, "udp", "rtp_ports")
        for ports in settings.worker_ports
        for port in (ports.first, ports.last)
    ]
    return [problem for problem in tried if problem is not None]


def check_port(host: str, port: int, transport: str, setting: str) -> PortProblem | None:
    """Bind the port and let it go. None where it is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(family, kind) as probe:
        if transport == "tcp":
            probe.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # as the servers do: TIME_WAIT is no holder
        try:
            probe.bind((host, port))
            if transport == "tcp":
                probe.listen(1)
        except OSError as error:
            return _problem(error, host, port, transport, setting)
    return None


def _problem(error: OSError, host: str, port: int, transport: str, setting: str) -> PortProblem:
    variable = f"CENTRALITA_{setting.upper()}"
    if error.errno == errno.EADDRINUSE:
        holder = holder_of(port, transport)
        return PortProblem(
            port,
            transport,
            setting,
            f"is in use by {holder}" if holder else "is in use by another program",
            f"Stop that program, or set {variable} to another port",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        mend = "Set CENTRALITA_BIND to an address of this machine, or to 0.0.0.0"
        return PortProblem(
            port, transport, "bind", f"cannot be opened: {host} is no address of this machine", mend
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        mend = f"Set {variable} to a port from 1024 up, or give the program CAP_NET_BIND_SERVICE"
        return PortProblem(port, transport, setting, "needs more rights than this user has", mend)
    return PortProblem(
        port, transport, setting, f"cannot be opened: {error.strerror}", f"Set {variable} to another port"
    )


def holder_of(port: int, transport: str) -> str:
    """Name and process id of the program on a local port, where the system lets us see it; else empty."""
    inodes = set()
    for table in (transport, f"{transport}6"):
        inodes |= _socket_inodes(Path("/proc/net") / table, port)
    if not inodes:
        return ""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for descriptor in (process / "fd").iterdir():
                if os.readlink(descriptor) in wanted:
                    return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue  # gone meanwhile, or not ours to look into
    return ""


def _socket_inodes(table: Path, port: int) -> set[str]:
    """Inodes of the sockets bound to a port: listening ones of TCP, any of UDP (proc_net_tcp(5))."""
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return set()
    listening = "0A"
    found = set()
    for fields in (line.split() for line in lines):
        local_port = int(fields[1].rpartition(":")[2], 16)
        if local_port == port and (table.name.startswith("udp") or fields[3] == listening):
            found.add(fields[9])
    return found
