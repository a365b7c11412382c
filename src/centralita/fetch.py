"""Fetch a text from the web on behalf of a tenant, or send one there: never from or to our own network, never without end.

The name is resolved once, every address it has must be public (or allowed by the installation), and the connection goes to
the very address that was looked at, so that a name that changes its mind in between leads nowhere (DNS rebinding). Blocks:
call it in a thread.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_REDIRECTS = 3
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as they are reached through a translator (RFC 6052)."""
_WITHIN = tuple(
    ipaddress.IPv6Network(each) for each in ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")
)
"""Forms of our own network that ``ipaddress`` takes for public ones: IPv4 in IPv6 as nobody writes it any more (RFC 4291
§2.5.5.1, RFC 2765), translators of a network's own (RFC 8215), addresses of a site (RFC 3879)."""
_CHUNK = 16 * 1024
MAX_WHY = 300
"""Characters of a reason."""
MAX_TAG = 500
"""Of an ETag that is kept."""
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class FetchFailed(Exception):
    """There is no text to be had there; why, in one sentence that holds no secret.

    What a stranger's server wrote may be in it (a first line that is none of HTTP's): it goes into logs and databases, so it is of
    bearable length and printable; PostgreSQL refuses a zero character.
    """

    def __init__(self, why: str) -> None:
        super().__init__(_readable(why))


@dataclass(frozen=True, slots=True)
class Fetched:
    status: int
    """200, or 304 where it is as it was."""
    text: str
    etag: str
    """To be given with the next request; empty where the server tells none."""


def fetch(
    url: str,
    *,
    seconds: float,
    max_bytes: int,
    allow: Iterable[Network] = (),
    etag: str = "",
) -> Fetched:
    """The text at an address, within ``seconds`` in all. Raises FetchFailed.

    ``allow``: networks that may be asked although they are not public. ``etag``: of the text that is known.
    """
    deadline = time.monotonic() + seconds
    allowed = tuple(allow)
    headers = {"User-Agent": "Centralita", "Accept": "*/*", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    try:
        for _ in range(MAX_REDIRECTS + 1):
            status, text, fields = _get(url, headers, deadline, max_bytes, allowed)
            if status not in _REDIRECTS:
                break
            url = urljoin(url, fields.get("location", ""))
        else:
            raise FetchFailed(f"it redirects more than {MAX_REDIRECTS} times")
    except (OSError, http.client.HTTPException, ValueError) as error:
        # ValueError: an address that is none, which a server may also redirect to.
        raise FetchFailed(f"it cannot be reached: {str(error) or type(error).__name__}") from error
    if status not in (200, 304):
        raise FetchFailed(f"the server answered {status}")
    etag = fields.get("etag", "")
    return Fetched(status, text, etag if len(etag) <= MAX_TAG and etag.isprintable() else "")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a server said to what it was sent; nothing of its answer is read."""

    status: int
    retry_after: str
    """As it was written; empty where it was not."""


def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    allow: Iterable[Network] = (),
) -> Sent:
    """POST something to an address, within ``seconds`` in all. A redirection is not followed. Raises FetchFailed."""
    with _posted(url, body, headers, seconds, allow) as response:
        return Sent(response.status, response.headers.get("retry-after", "")[:40])


def exchange(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    max_bytes: int,
    allow: Iterable[Network] = (),
) -> tuple[int, str]:
    """POST something and read the answer, within ``seconds`` in all: status and text. A redirection is not followed. Raises FetchFailed."""
    with _posted(url, body, headers, seconds, allow) as response:
        answer = response.read(max_bytes + 1)
        if len(answer) > max_bytes:
            raise FetchFailed(f"it is longer than {max_bytes // 1024} KB")
        return response.status, _decode(answer, response.headers.get_content_charset("utf-8"))


def web_host(url: str) -> str:
    """The host of an address of the web. Raises FetchFailed where it is none that would be asked."""
    try:
        return _parts(url)[1]
    except ValueError:
        raise FetchFailed("it is no address of the web (http or https)") from None


def is_public(address: str, allow: Iterable[Network] = ()) -> bool:
    """Whether an address may be asked: a public one, or one that the installation allows."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is None and parsed in _NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        parsed = parsed if inner is None else inner
    if any(parsed.version == network.version and parsed in network for network in allow):
        return True
    if isinstance(parsed, ipaddress.IPv6Address) and any(parsed in network for network in _WITHIN):
        return False
    return parsed.is_global and not parsed.is_multicast


@contextmanager
def _posted(
    url: str, body: bytes, headers: Mapping[str, str], seconds: float, allow: Iterable[Network]
) -> Iterator[http.client.HTTPResponse]:
    """The answer to a POST, to be read within. Raises FetchFailed."""
    try:
        connection, path = _open(url, time.monotonic() + seconds, tuple(allow))
        try:
            connection.request("POST", path, body=body, headers={"User-Agent": "Centralita", **headers})
            yield connection.getresponse()
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchFailed(f"it cannot be reached: {str(error) or type(error).__name__}") from error


def _get(
    url: str, headers: Mapping[str, str], deadline: float, max_bytes: int, allow: tuple[Network, ...]
) -> tuple[int, str, dict[str, str]]:
    connection, path = _open(url, deadline, allow)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        body = bytearray()
        while response.status == 200:
            chunk = response.read1(_CHUNK)
            if not chunk:
                break
            body += chunk
            if len(body) > max_bytes:
                raise FetchFailed(f"it is longer than {max_bytes // 1024} KB")
        charset = response.headers.get_content_charset("utf-8")
        fields = {name.lower(): value for name, value in response.headers.items()}
        return response.status, _decode(bytes(body), charset), fields
    finally:
        connection.close()


def _parts(url: str) -> tuple[SplitResult, str, int]:
    """An address taken apart, its host and its port. Raises FetchFailed, ValueError."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise FetchFailed("its port is no port") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchFailed("it is no address of the web (http or https)")
    if parts.username or parts.password:
        raise FetchFailed("an address with a password in it is not taken")
    return parts, parts.hostname, port


def _open(url: str, deadline: float, allow: tuple[Network, ...]) -> tuple[_Pinned, str]:
    """A connection to be made to where an address leads, and the path to ask for there. Raises FetchFailed."""
    parts, host, port = _parts(url)
    address = _resolve(host, port, allow)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Pinned(host, port, address, deadline, secure=parts.scheme == "https"), path


def _decode(body: bytes, charset: str) -> str:
    """Whatever a server says that it is: text that every database takes, without halves of characters and zero bytes."""
    try:
        text = body.decode(charset, "replace")
    except (LookupError, ValueError):
        text = body.decode("utf-8", "replace")
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _readable(text: str) -> str:
    """One line, whatever is in it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:MAX_WHY])


def _resolve(host: str, port: int, allow: tuple[Network, ...]) -> str:
    """The first address of a host, all of whose addresses may be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchFailed(f"there is no host {host}") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not all(is_public(address, allow) for address in addresses):
        raise FetchFailed(f"{host} is within a private network, which is not asked")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at before; the name is only for the server to know what is wanted."""

    def __init__(self, host: str, port: int, address: str, deadline: float, *, secure: bool) -> None:
        super().__init__(host, port)
        self._address = address
        self._deadline = deadline
        self._secure = secure
        self.default_port = 443 if secure else 80

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), timeout=_left(self._deadline))
        # Whoever fails from here on closes what it has: the connection knows of it.
        self.sock = plain
        if self._secure:
            self.sock = _trust().wrap_socket(plain, server_hostname=self.host)
        self.sock = _Hurried(self.sock, self._deadline)


@cache
def _trust() -> ssl.SSLContext:
    """Whom this machine trusts; reading that takes longer than a request."""
    return ssl.create_default_context()


class _Hurried:
    """A socket that has one time for everything: the library waits anew for each byte, and a server may send them one by one."""

    def __init__(self, inner: socket.socket, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def sendall(self, data: ReadableBuffer) -> None:
        self._inner.settimeout(_left(self._deadline))
        self._inner.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        # The file holds the socket: a reply that ends with the connection is read after that was closed.
        return io.BufferedReader(_Reading(self._inner, self._deadline))

    def close(self) -> None:
        self._inner.close()


class _Reading(io.RawIOBase):
    def __init__(self, inner: socket.socket, deadline: float) -> None:
        self._inner = inner.makefile("rb", buffering=0)
        self._socket = inner
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._socket.settimeout(_left(self._deadline))
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _left(deadline: float) -> float:
    """Seconds that are left. Raises TimeoutError."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no answer in time")
    return seconds
