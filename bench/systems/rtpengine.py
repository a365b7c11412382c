"""rtpengine in user space, asked over its ng protocol for relays between two addresses each."""

from __future__ import annotations

import itertools
import re
import shutil
import socket

from systems.base import System

Address = tuple[str, int]

_SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


class Rtpengine(System):
    name = "rtpengine"

    @classmethod
    def missing(cls) -> str:
        return (
            "" if shutil.which("rtpengine") else "rtpengine is not installed: bench/peers/prepare.sh gets it"
        )

    def start(self) -> None:
        first, last = self.site.audio
        host, _, port = self.site.sip.rpartition(":")
        self._cookies = itertools.count(1)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((host, int(port)))
        self._socket.settimeout(1.0)
        # --table=-1: no kernel forwarding; what is measured is user space, as ours is.
        self.launch(
            [
                *(
                    "rtpengine",
                    "--foreground",
                    "--table=-1",
                    f"--interface={host}",
                    f"--listen-ng={host}:{port}",
                ),
                *(f"--port-min={first}", f"--port-max={last}", "--log-level=3", "--log-stderr"),
                *("--timeout=600", "--silent-timeout=600"),
            ]
        )
        self.answers()

    def answers(self, seconds: float = 20.0) -> None:
        from support.waiting import until

        until(self._pings, "rtpengine answers", seconds=seconds, every=0.01)

    def relay(self, call: int, one: Address, other: Address) -> tuple[Address, Address]:
        """A relay between two addresses; gives where ``one`` and ``other`` send to."""
        dialog = {"call-id": f"bench-{call}", "from-tag": "a", "ICE": "remove"}
        offered = self._ask({"command": "offer", "sdp": _SDP.format(host=one[0], port=one[1]), **dialog})
        answered = self._ask(
            {"command": "answer", "to-tag": "b", "sdp": _SDP.format(host=other[0], port=other[1]), **dialog}
        )
        # What stands in the SDP for a party is where that party sends to.
        host = self.site.sip.rpartition(":")[0]
        return (host, _port(answered)), (host, _port(offered))

    def stop(self) -> None:
        super().stop()
        self._socket.close()

    def _pings(self) -> bool:
        if self.roots[0].poll() is not None:
            raise RuntimeError(f"rtpengine ended with {self.roots[0].returncode}: see {self.work}")
        try:
            return self._exchange({"command": "ping"}).get("result") == "pong"
        except OSError:
            return False

    def _ask(self, request: dict[str, str]) -> str:
        reply = self._exchange(request)
        if reply.get("result") != "ok":
            raise RuntimeError(f"rtpengine refused {request['command']}: {reply}")
        return str(reply["sdp"])

    def _exchange(self, request: dict[str, str]) -> dict[str, object]:
        cookie = f"{next(self._cookies)}"
        self._socket.send(f"{cookie} ".encode() + _bencode(request))
        while True:
            head, _, body = self._socket.recv(65536).partition(b" ")
            if head == cookie.encode():
                value, _ = _bdecode(body, 0)
                assert isinstance(value, dict)
                return value


def _port(sdp: str) -> int:
    match = re.search(r"^m=audio (\d+) ", sdp, re.MULTILINE)
    assert match, sdp
    return int(match[1])


def _bencode(values: dict[str, str]) -> bytes:
    pairs = "".join(f"{len(k)}:{k}{len(v.encode())}:{v}" for k, v in sorted(values.items()))
    return f"d{pairs}e".encode()


def _bdecode(data: bytes, at: int) -> tuple[object, int]:
    kind = data[at : at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1 : end]), end + 1
    if kind in (b"d", b"l"):
        items: list[object] = []
        at += 1
        while data[at : at + 1] != b"e":
            item, at = _bdecode(data, at)
            items.append(item)
        if kind == b"l":
            return items, at + 1
        return dict(zip(items[::2], items[1::2], strict=True)), at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1 : end].decode("utf-8", "replace"), end
