"""Providers that we register with, and providers whose health is asked for."""

from __future__ import annotations

import re

import pytest

from support import office
from support.sip import Peer
from support.waiting import until

PASSWORD = "secret-of-the-trunk-1"  # it stands in the scenarios, too: SIPp takes no variable there


@pytest.fixture
def telco(own_exchange, ports):
    """Make the exchange register with a provider at a free address; gives its host:port."""

    def apply(address, **fields):
        host, _, port = address.rpartition(":")
        trunk = {
            "kind": "trunk",
            "id": "telco",
            "host": host,
            "port": int(port),
            "username": "customer",
            "password": PASSWORD,
            "options_seconds": 0,
            **fields,
        }
        documents = [each for each in office.documents(5099) if each.get("id") != "provider"]
        for each in documents:
            each.pop("trunk", None)
        own_exchange.apply([*documents, trunk])

    return apply


def state(exchange):
    found = [trunk for trunk in exchange.control.trunks() if trunk.id == "telco"]
    return found[0].state if found else ""


def test_registers_with_a_provider_and_refreshes(own_exchange, telco, ports, run_sipp):
    address = f"127.0.0.4:{ports.take(4)}"
    provider = run_sipp(
        "provider_registers", local=address, service="customer", keys={"granted": "5"}, seconds=20
    )
    telco(address, register=True)
    until(lambda: state(own_exchange) == "registered", "the trunk is registered", seen=provider.report)
    provider.finish()
    assert provider.logged() == ["refreshed"]
    assert re.search(r"^REGISTER sip:127\.0\.0\.4", provider.messages(), re.MULTILINE)


def test_a_provider_that_refuses_is_not_hammered(own_exchange, telco):
    peer = Peer("127.0.0.4", own_exchange.sip)
    telco(f"127.0.0.4:{peer.port}", register=True)
    asked = 0
    while (message := peer.receive(2.5)) and asked < 10:
        asked += 1
        peer.send(reply(message, "403 Forbidden"))
    assert 1 <= asked <= 3
    assert state(own_exchange) == "refused"
    (trunk,) = own_exchange.control.trunks()
    assert "403" in trunk.detail
    peer.close()


def test_a_call_with_credentials(own_exchange, telco, ports, run_sipp):
    address = f"127.0.0.4:{ports.take(4)}"
    telco(address)
    phone = f"127.0.0.3:{ports.take(4)}"
    credentials = ("ana", office.password("ana"))
    run_sipp(
        "register",
        local=phone,
        remote=own_exchange.sip,
        service="ana",
        credentials=credentials,
        keys={"expires": "120"},
    ).finish()
    provider = run_sipp("provider_challenges", local=address, service="customer")
    run_sipp(
        "device_calls",
        local=phone,
        remote=own_exchange.sip,
        service="932000000",
        keys={"user": "ana"},
        credentials=credentials,
        hold=0.3,
    ).finish()
    provider.finish()
    assert provider.logged() == []
    own_exchange.assert_no_leak()


def test_health_of_a_provider_is_asked_for(own_exchange, telco):
    peer = Peer("127.0.0.4", own_exchange.sip)
    telco(f"127.0.0.4:{peer.port}", options_seconds=1)
    for _ in range(2):
        message = peer.receive(5.0)
        assert message.startswith("OPTIONS ")
        peer.send(reply(message, "200 OK"))
    until(lambda: state(own_exchange) == "up", "the trunk is up")
    assert "200" in own_exchange.control.trunks()[0].detail
    peer.close()


def reply(request, line):
    """A response to a request, from its own header fields."""
    wanted = ("via:", "from:", "to:", "call-id:", "cseq:")
    fields = [each for each in request.splitlines() if each.lower().startswith(wanted)]
    fields = [f"{each};tag=provider" if each.lower().startswith("to:") else each for each in fields]
    return "\n".join([f"SIP/2.0 {line}", *fields, "Content-Length: 0", "", ""])
