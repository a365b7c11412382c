"""What is fetched for a tenant comes from the public web, or from a network that the installation allows; never without end."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from centralita.fetch import FetchFailed, Sent, fetch, is_public, send, web_host

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


RUDE = b"\0\x1b[2J" + b"x" * 5000 + b"\r\n\r\n"
"""No answer of HTTP's, and nothing for a terminal or a database either."""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/hello":
                if self.headers.get("If-None-Match") == '"1"':
                    self.send_response(304)
                    self.end_headers()
                    return
                self._say(b"hola", etag='"1"')
            case "/long":
                self._say(b"x" * 5000)
            case "/away":
                self.send_response(302)
                self.send_header("Location", "http://10.0.0.1/inside")
                self.end_headers()
            case "/circle":
                self.send_response(302)
                self.send_header("Location", "/circle")
                self.end_headers()
            case "/here":
                self.send_response(302)
                self.send_header("Location", "/hello")
                self.end_headers()
            case "/slow":
                self.send_response(200)
                self.end_headers()
                for _ in range(50):
                    if self.server.stopping.wait(0.1):  # type: ignore[attr-defined]  # set by the fixture
                        return
                    self.wfile.write(b".")
            case "/halves":
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-7")
                self.end_headers()
                self.wfile.write(b"a+2AA-b\0c")
            case "/slow-head":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Wait: ")
                for _ in range(50):
                    if self.server.stopping.wait(0.1):  # type: ignore[attr-defined]  # set by the fixture
                        return
                    self.wfile.write(b".")
            case "/rude":
                self.wfile.write(RUDE)
            case "/rude-tag":
                self._say(b"hola", etag="a\0b")
            case "/nowhere" | "/foreign":
                self.send_response(302)
                self.send_header("Location", "http://[::1" if self.path == "/nowhere" else "/\u00f1")
                self.end_headers()
            case _:
                self.send_error(404)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers), sent))  # type: ignore[attr-defined]  # set by the fixture
        match self.path:
            case "/away":
                self.send_response(307)
                self.send_header("Location", "/hello")
                self.send_header("Content-Length", "0")
            case "/rude":
                self.wfile.write(RUDE)
                return
            case "/busy":
                self.send_response(503)
                self.send_header("Retry-After", "120")
                self.send_header("Content-Length", "0")
            case _:
                self.send_response(204)
        self.end_headers()

    def _say(self, body: bytes, etag: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.taken = []  # type: ignore[attr-defined]  # what was sent here, for the tests
    server.stopping = threading.Event()  # type: ignore[attr-defined]  # told to the handler that is slow on purpose
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who is cut off in mid-answer needs no traceback
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    assert all(path != "/hello" for path, _, _ in server.taken), "a redirection was followed"
    server.stopping.set()  # type: ignore[attr-defined]  # as above
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_text_is_fetched_once_and_then_only_when_it_changed(site: str) -> None:
    first = fetch(f"{site}/hello?x=1", seconds=5, max_bytes=1000, allow=LOOPBACK)
    assert (first.status, first.text) == (200, "hola")
    again = fetch(f"{site}/hello", seconds=5, max_bytes=1000, allow=LOOPBACK, etag=first.etag)
    assert (again.status, again.text) == (304, "")


def test_what_a_rude_server_says_can_be_written_down(site: str) -> None:
    """PostgreSQL takes no zero character: such an answer would have ended the process that sends for everybody."""
    with pytest.raises(FetchFailed) as refused:
        send(f"{site}/rude", b"x", {}, seconds=5, allow=LOOPBACK)
    with pytest.raises(FetchFailed) as unread:
        fetch(f"{site}/rude", seconds=5, max_bytes=1000, allow=LOOPBACK)
    for why in (str(refused.value), str(unread.value)):
        assert why.isprintable()
        assert 0 < len(why) <= 300
    tagged = fetch(f"{site}/rude-tag", seconds=5, max_bytes=1000, allow=LOOPBACK)
    assert (tagged.text, tagged.etag) == ("hola", "")


def test_a_redirect_is_followed_where_it_may_lead(site: str) -> None:
    assert fetch(f"{site}/here", seconds=5, max_bytes=1000, allow=LOOPBACK).text == "hola"


def test_a_text_is_one_that_can_be_kept(site: str) -> None:
    text = fetch(f"{site}/halves", seconds=5, max_bytes=1000, allow=LOOPBACK).text
    assert text.isprintable()
    assert (text[0], text[-1]) == ("a", "c")
    text.encode()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/long", "longer than 1 KB"),
        ("/away", "10.0.0.1 is within a private network"),
        ("/circle", "redirects more than 3 times"),
        ("/nothing", "answered 404"),
        ("/nowhere", "cannot be reached"),
        ("/foreign", "cannot be reached"),
    ],
)
def test_what_cannot_be_had_is_told(site: str, path: str, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        fetch(f"{site}{path}", seconds=5, max_bytes=1024, allow=LOOPBACK)


@pytest.mark.parametrize("path", ["/slow", "/slow-head"])
def test_a_server_that_drips_is_left_when_the_time_is_over(site: str, path: str) -> None:
    began = time.monotonic()
    with pytest.raises(FetchFailed, match=r"in time|timed out"):
        fetch(f"{site}{path}", seconds=0.4, max_bytes=1024, allow=LOOPBACK)
    assert time.monotonic() - began < 3


def test_something_is_sent_and_of_the_answer_only_the_status_is_read(site: str) -> None:
    headers = {"Content-Type": "application/json", "X-Mark": "7"}
    assert send(f"{site}/hook?a=1", b'{"n": 1}', headers, seconds=5, allow=LOOPBACK) == Sent(204, "")
    assert send(f"{site}/busy", b"", {}, seconds=5, allow=LOOPBACK) == Sent(503, "120")


def test_what_is_sent_follows_no_redirection(site: str) -> None:
    assert send(f"{site}/away", b"{}", {}, seconds=5, allow=LOOPBACK).status == 307


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:9", "[::1]:9", "169.254.169.254", "10.0.0.1"])
def test_nothing_is_sent_into_our_own_network(host: str) -> None:
    with pytest.raises(FetchFailed, match="private network"):
        send(f"http://{host}/", b"{}", {}, seconds=5)


def test_a_name_that_changes_its_mind_leads_nowhere(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for once, and the connection goes to what was looked at."""
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]])
    asked: list[str] = []
    connected: list[object] = []

    def resolve(host: str, *_: object, **__: object) -> object:
        asked.append(host)
        return next(answers)  # a second question would fail the test

    def connect(address: object, **_: object) -> None:
        connected.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("centralita.fetch.socket.getaddrinfo", resolve)
    monkeypatch.setattr("centralita.fetch.socket.create_connection", connect)
    with pytest.raises(FetchFailed, match="nobody there"):
        send("http://rebinding.example/", b"{}", {}, seconds=5)
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.216.34", 80)]


def test_the_host_of_an_address() -> None:
    assert web_host("https://Hooks.Example.com:8443/x?y=1") == "hooks.example.com"
    for bad in ("ftp://x/", "https://u:p@x/", "http://[::1", "http://x:port/", "x"):
        with pytest.raises(FetchFailed):
            web_host(bad)


def test_our_own_network_is_not_asked(site: str) -> None:
    with pytest.raises(FetchFailed, match="private network"):
        fetch(f"{site}/hello", seconds=5, max_bytes=1000)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://",
        "gopher://x/",
        "http://u:p@127.0.0.1/",
        "http://127.0.0.1:99999/",
    ],
)
def test_other_kinds_of_address_are_refused(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(url, seconds=1, max_bytes=1000, allow=LOOPBACK)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("fec0::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
