"""SIP by hand: a socket that sends what a test writes, right or wrong, and shows what comes back."""

from __future__ import annotations

import hashlib
import itertools
import re
import socket
import time

_numbers = itertools.count(1)


class Peer:
    """A UDP socket with the few words of SIP that a test needs."""

    def __init__(self, host: str, remote: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.host, self.port = self._socket.getsockname()
        remote_host, _, remote_port = remote.rpartition(":")
        self.remote = (remote_host, int(remote_port))

    def send(self, message: str | bytes) -> None:
        """Line feeds become CR LF where the message is text."""
        if isinstance(message, str):
            message = message.replace("\r\n", "\n").replace("\n", "\r\n").encode()
        self._socket.sendto(message, self.remote)

    def receive(self, seconds: float = 2.0) -> str:
        """The next message; empty when none comes in time."""
        self._socket.settimeout(seconds)
        try:
            return self._socket.recv(65536).decode("utf-8", "replace")
        except TimeoutError:
            return ""

    def final(self, seconds: float = 3.0) -> str:
        """The next final response; empty when none comes in time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            message = self.receive(left)
            if message.startswith("SIP/2.0 ") and not message.startswith("SIP/2.0 1"):
                return message
        return ""

    def request(self, method: str, uri: str, *headers: str, user: str = "probe", body: str = "") -> str:
        """A well-formed request out of any dialog, with further header fields."""
        number = next(_numbers)
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK-{self.port}-{number};rport",
            "Max-Forwards: 70",
            f"From: <sip:{user}@{self.remote[0]}>;tag={self.port}-{number}",
            f"To: <{uri if method != 'REGISTER' else f'sip:{user}@{self.remote[0]}'}>",
            f"Call-ID: {self.port}-{number}@{self.host}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{user}@{self.host}:{self.port}>",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        if any(header.startswith("Contact:") for header in headers):
            lines.remove(f"Contact: <sip:{user}@{self.host}:{self.port}>")
        return "\n".join(lines) + "\n\n" + body

    def ask(self, method: str, uri: str, *headers: str, user: str = "probe", body: str = "") -> str:
        """Send a request and give its final response."""
        self.send(self.request(method, uri, *headers, user=user, body=body))
        return self.final()

    def register(self, user: str, password: str, *headers: str) -> str:
        """Register with digest; the final response. Without further headers: 120 s for this socket."""
        uri = f"sip:{self.remote[0]}:{self.remote[1]}"
        extra = headers or ("Expires: 120",)
        challenged = self.ask("REGISTER", uri, *extra, user=user)
        return self.ask(
            "REGISTER", uri, *extra, answer(challenged, "REGISTER", uri, user, password), user=user
        )

    def close(self) -> None:
        self._socket.close()


def answer(challenged: str, method: str, uri: str, user: str, password: str, count: int = 1) -> str:
    """The Authorization header field for the MD5 challenge in a 401 (RFC 7616)."""
    challenge = next(
        line for line in challenged.splitlines() if line.startswith("WWW-Authenticate:") and "SHA" not in line
    )
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    cnonce, nc = "0a4f113b", f"{count:08x}"
    response = md5(
        md5(user, fields["realm"], password), fields["nonce"], nc, cnonce, "auth", md5(method, uri)
    )
    return (
        f'Authorization: Digest username="{user}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", uri="{uri}",'
        f' response="{response}", algorithm=MD5, qop=auth, cnonce="{cnonce}", nc={nc}'
    )


def status(message: str) -> int:
    """Of a response; 0 when there is none."""
    return int(message.split(" ", 2)[1]) if message.startswith("SIP/2.0 ") else 0
