"""A call by SIPp is told to an address of the company's own: signed, each thing once, through a killed jobs process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from centralita.pbx.vocabulary import Outcome
from support import office
from support.exchange import Exchange
from support.waiting import until

EVENTS = ["call.started", "call.answered", "call.ended", "call.missed"]


class Receiver:
    """Somebody's own server: it keeps what it gets, and can be out of order."""

    def __init__(self):
        outer = self
        self.got = []
        self.out_of_order = False

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body, outer.out_of_order))
                self.send_response(500 if outer.out_of_order else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def taken(self):
        """The messages that were taken: id → type, verified by the secret."""
        return {
            headers["webhook-id"]: json.loads(body)["type"]
            for headers, body, refused in list(self.got)
            if not refused
        }

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def told_exchange(tmp_path, ports, prepared):
    exchange = Exchange(tmp_path / "exchange", ports, audio=1, lookup_allow="127.0.0.0/8")
    exchange.prepare(prepared)
    exchange.start()
    exchange.forget()
    yield exchange
    exchange.stop()


class Console:
    """A browser that has set the installation up."""

    def __init__(self, exchange):
        until(lambda: exchange.get("/api/v1/setup"), "the web answers", seconds=30, seen=exchange.log)
        self.origin, _, code = exchange.run("accounts", "setup-link").strip().partition("/setup#code=")
        wanted = {"code": code, "login": "a@example.com", "password": "four random words"}
        self.cookie = ""
        self.ask("POST", "/setup", wanted)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.origin}/api/v1{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Cookie": self.cookie, "Origin": self.origin},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
            return json.load(answer)


def test_a_call_is_told_signed_and_once_though_jobs_die(
    told_exchange, receiver, run_sipp, ports, trunk_address
):
    console = Console(told_exchange)
    tenant = console.ask("GET", "/tenants")["items"][0]["id"]
    hooks = f"/tenants/{tenant}/webhooks"
    hook = console.ask("POST", hooks, {"url": receiver.url, "events": EVENTS})
    device = f"127.0.0.3:{ports.take(4)}"
    run_sipp(
        "register",
        local=device,
        remote=told_exchange.sip,
        service="ana",
        credentials=("ana", office.password("ana")),
        keys={"expires": "300"},
    ).finish()
    answering = run_sipp("device_answers", local=device, seconds=30)
    caller = run_sipp(
        "caller",
        local=trunk_address,
        remote=told_exchange.sip,
        service=office.NUMBERS["ana"],
        keys={"caller": "+34600123123"},
        hold=2,
        seconds=30,
    )
    until(
        lambda: set(receiver.taken().values()) == {"call.started", "call.answered"},
        "the call is told while it goes on",
        seconds=15,
        seen=receiver.taken,
    )
    receiver.out_of_order = True
    told_exchange.slay("jobs")
    caller.finish()
    answering.finish()
    refused = until(
        lambda: [one for one in receiver.got if one[2]], "a try that comes to nothing", seconds=30
    )
    assert json.loads(refused[0][1])["type"] == "call.ended"
    receiver.out_of_order = False
    until(
        lambda: "call.ended" in receiver.taken().values(),
        "it is tried again",
        seconds=30,
        seen=receiver.taken,
    )
    assert Counter(receiver.taken().values()) == Counter(["call.started", "call.answered", "call.ended"])

    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    for headers, body, _ in receiver.got:
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
    ended = json.loads(refused[0][1])["data"]["call"]
    record = told_exchange.record()
    assert (ended["id"], ended["outcome"]) == (record.journey, Outcome.ANSWERED.value)
    assert (ended["caller"], ended["answered_by"]) == ("+34600123123", "ana")

    log = console.ask("GET", f"{hooks}/{hook['id']}/deliveries")["items"]
    assert {(one["event"], one["state"], one["status"]) for one in log} == {
        ("call.started", "delivered", 200),
        ("call.answered", "delivered", 200),
        ("call.ended", "delivered", 200),
    }
    (last,) = [one for one in log if one["event"] == "call.ended"]
    assert last["attempts"] >= 2
    assert console.ask("GET", f"{hooks}/{hook['id']}")["state"] == "ok"
    assert hook["secret"] not in "".join(path.read_text() for path in told_exchange.folder.glob("log-*"))
