"""The ports of one worker: pairs of bound sockets, RTP even and RTCP odd, made ahead of need and used again and again.

Sockets are never closed: a call costs no ``bind``. A pair that comes back rests for a second, so that what is still
under way to it is not heard by the next call.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
from collections import deque
from collections.abc import Set

_REST = 1.0
"""Seconds between two uses of a pair."""
_MAX_TRIES = 256
"""Ports tried for one pair."""
_UNSPECIFIED = bytes(16)
"""A socket address of family AF_UNSPEC: connecting to it dissolves a connection (connect(2))."""
_libc = ctypes.CDLL(None, use_errno=True)


def dissolve(sock: socket.socket) -> None:
    """Make a connected datagram socket hear everybody again, its port kept. Raises OSError."""
    if _libc.connect(sock.fileno(), _UNSPECIFIED, len(_UNSPECIFIED)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Pair:
    """Two bound sockets that never block."""

    __slots__ = ("connected", "port", "rtcp", "rtcp_fd", "rtp", "rtp_fd")

    def __init__(self, port: int, rtp: socket.socket, rtcp: socket.socket) -> None:
        self.port = port
        self.rtp, self.rtcp = rtp, rtcp
        self.rtp_fd, self.rtcp_fd = rtp.fileno(), rtcp.fileno()
        self.connected = False

    def connect(self, address: tuple[str, int]) -> None:
        """Let the kernel drop what does not come from there. Raises OSError."""
        self.rtp.connect(address)
        self.connected = True

    def disconnect(self) -> None:
        if self.connected:
            dissolve(self.rtp)
            self.connected = False

    def drain(self) -> None:
        """Throw away what has been received."""
        for sock in (self.rtp, self.rtcp):
            for _ in range(4096):
                try:
                    sock.recv(1)
                except BlockingIOError:
                    break
                except OSError:
                    continue  # an ICMP error that a former call left behind: the next receive tells more

    def close(self) -> None:
        self.rtp.close()
        self.rtcp.close()


def bind_pair(host: str, port: int) -> Pair | None:
    """Bind a pair, or None where one of the two ports is somebody else's. Raises OSError for any other fault."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made: list[socket.socket] = []
    for number in (port, port + 1):
        sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        made.append(sock)
        try:
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((host, number))
        except OSError as error:
            for one in made:
                one.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return None
            raise
    return Pair(port, *made)


class PortPool:
    """Free, granted and resting pairs. A granted pair is the client's to open; it stays bound meanwhile."""

    def __init__(self, host: str, first: int, last: int) -> None:
        """Ports ``first`` to ``last`` inclusive; the odd ends are left out."""
        self._host = host
        self._range = range(first + first % 2, last, 2)
        self._unbound = deque(self._range)
        self._free: deque[Pair] = deque()
        self._granted: dict[int, Pair] = {}
        self._resting: deque[tuple[float, Pair]] = deque()
        self._used: set[int] = set()

    def prepare(self, count: int) -> None:
        """Bind pairs ahead, so that the first grants are quick. Raises OSError."""
        for _ in range(0, len(self._unbound), _MAX_TRIES):
            while len(self._free) < count and (pair := self._bind_next()) is not None:
                self._free.append(pair)

    def _bind_next(self) -> Pair | None:
        """The next pair that can be bound. What somebody else holds now is tried again after all others."""
        for _ in range(min(len(self._unbound), _MAX_TRIES)):
            port = self._unbound.popleft()
            pair = bind_pair(self._host, port)
            if pair is not None:
                return pair
            self._unbound.append(port)
        return None

    def grant(self, upto: int, claimed: Set[int]) -> list[int]:
        """Ports to bring the number of granted ones up to ``upto``, none of those ``claimed``, longest idle first.

        Fewer where no more can be bound: all in use, or the system gives no more files.
        """
        ports: list[int] = []
        skipped: list[Pair] = []
        while len(self._granted) < upto:
            try:
                pair = self._free.popleft() if self._free else self._bind_next()
            except OSError:
                break
            if pair is None:
                break
            if pair.port in claimed:
                skipped.append(pair)
                continue
            self._granted[pair.port] = pair
            ports.append(pair.port)
        self._free.extend(skipped)
        return ports

    def revoke(self) -> None:
        """The client is gone: what it was granted and did not open is free again."""
        self._free.extend(self._granted.values())
        self._granted.clear()

    def take(self, port: int) -> Pair | None:
        """The pair that the client opens: a granted one, or after a restart any that is free; None: not to be had."""
        pair = self._granted.pop(port, None) or self._take_free(port)
        if pair is not None:
            self._used.add(port)
        return pair

    def _take_free(self, port: int) -> Pair | None:
        if port in self._used or port not in self._range:
            return None
        if port in self._unbound:
            pair = bind_pair(self._host, port)
            if pair is not None:
                self._unbound.remove(port)
            return pair
        for free in self._free:
            if free.port == port:
                self._free.remove(free)
                return free
        for entry in self._resting:
            if entry[1].port == port:
                self._resting.remove(entry)
                return entry[1]
        return None

    def give_back(self, pair: Pair, now: float) -> None:
        """The leg is closed: let the pair rest."""
        self._used.discard(pair.port)
        try:
            pair.disconnect()
        except OSError:
            pair.close()
            self._unbound.append(pair.port)
            return
        self._resting.append((now + _REST, pair))

    def wake(self, now: float) -> None:
        """Free the pairs that have rested."""
        resting = self._resting
        while resting and resting[0][0] <= now:
            self._free.append(resting.popleft()[1])

    @property
    def capacity(self) -> int:
        """Pairs in all, whoever holds them."""
        return len(self._range)

    @property
    def usable(self) -> bool:
        """Whether there is any pair at all that is ours."""
        return bool(self._free or self._granted or self._used or self._resting)

    @property
    def granted(self) -> int:
        return len(self._granted)

    @property
    def resting(self) -> int:
        return len(self._resting)

    def close(self) -> None:
        for pair in [*self._free, *self._granted.values(), *(pair for _, pair in self._resting)]:
            pair.close()
