"""The binding table: what RFC 3261 §10.3 asks for, case by case, and what holds over any history."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.sip.flow import Flow
from centralita.sip.message import Headers, Request
from centralita.sip.registrar import ContactBinding, ExpiryBounds, RegisterOutcome, Registrar

NOW = 1_700_000_000.0
FLOW = Flow("UDP", "192.0.2.1", 5060)
AOR = "acme-ana"


def request(
    *contacts: str,
    cseq: int = 1,
    call_id: str = "c1",
    expires: str | None = None,
    **more: str,
) -> Request:
    headers = Headers()
    headers.set("call-id", call_id)
    headers.set("cseq", f"{cseq} REGISTER")
    headers.set("user-agent", "Phone 1.0")
    for contact in contacts:
        headers.add("contact", contact)
    if expires is not None:
        headers.set("expires", expires)
    for name, value in more.items():
        headers.set(name, value)
    return Request("REGISTER", "sip:pbx.example.com", headers)


@dataclass
class Desk:
    """A registrar and the request sent to it."""

    registrar: Registrar = field(default_factory=Registrar)

    def register(
        self, *contacts: str, at: float = 0, flow: Flow = FLOW, most: int = 5, **more: object
    ) -> RegisterOutcome:
        return self.registrar.register(AOR, request(*contacts, **more), flow, NOW + at, most)  # type: ignore[arg-type]

    def contacts(self, at: float = 0) -> list[str]:
        return [binding.contact for binding in self.registrar.lookup(AOR, NOW + at)]


def test_register_and_look_up() -> None:
    desk = Desk()
    outcome = desk.register(
        "<sip:101@192.0.2.1:5060>;expires=120", path="<sip:edge.example.com;lr>", supported="path"
    )
    binding = ContactBinding(
        "sip:101@192.0.2.1:5060",
        FLOW,
        ("<sip:edge.example.com;lr>",),
        NOW + 120,
        "c1",
        1,
        1.0,
        "",
        "Phone 1.0",
        since=NOW,
    )
    assert outcome == RegisterOutcome(
        200,
        "OK",
        (
            ("contact", "<sip:101@192.0.2.1:5060>;expires=120"),
            ("path", "<sip:edge.example.com;lr>"),
            ("supported", "path"),
        ),
        True,
        (binding,),
    )
    assert desk.registrar.lookup(AOR, NOW + 119) == (binding,)
    assert desk.registrar.lookup(AOR, NOW + 120) == ()
    assert desk.registrar.lookup("other", NOW) == ()


def test_path_is_kept_but_shown_only_to_who_understands_it() -> None:
    desk = Desk()
    outcome = desk.register("<sip:a@h>", path="<sip:edge;lr>")
    assert outcome.headers == (("contact", "<sip:a@h>;expires=300"),)
    assert outcome.bindings[0].path == ("<sip:edge;lr>",)


@pytest.mark.parametrize(
    ("contact", "expires", "granted"),
    [
        ("<sip:a@h>", None, 300),
        ("<sip:a@h>", "600", 600),
        ("<sip:a@h>;expires=90", "600", 90),
        ("<sip:a@h>;expires=60", None, 60),
        ("<sip:a@h>;expires=86400", None, 3600),
        ("<sip:a@h>;expires=99999999999999999999", None, 3600),
        ("<sip:a@h>;expires=soon", None, 300),
        ("<sip:a@h>;expires=-5", "120", 120),
        ('<sip:a@h>;expires="90"', None, 90),
        ("<sip:a@h>", "", 300),
    ],
)
def test_expiry(contact: str, expires: str | None, granted: int) -> None:
    outcome = Desk().register(contact, expires=expires)
    assert outcome.status == 200
    assert outcome.bindings[0].expires_at == NOW + granted
    assert outcome.headers == (("contact", f"<sip:a@h>;expires={granted}"),)


def test_too_brief() -> None:
    desk = Desk()
    desk.register("<sip:a@h>", cseq=1)
    outcome = desk.register("<sip:b@h>", "<sip:a@h>;expires=59", cseq=2)
    assert (outcome.status, outcome.headers, outcome.changed) == (423, (("min-expires", "60"),), False)
    assert desk.contacts() == ["sip:a@h"], "all of a request or nothing"


def test_query_changes_nothing() -> None:
    desk = Desk()
    desk.register("<sip:a@h>;q=0.5")
    outcome = desk.register(at=100, cseq=2)
    assert (outcome.status, outcome.changed) == (200, False)
    assert outcome.headers == (("contact", "<sip:a@h>;expires=200;q=0.5"),)


def test_refresh_removal_and_order() -> None:
    desk = Desk()
    desk.register("<sip:a@h>;q=0.2", cseq=1)
    desk.register("<sip:b@h>;q=0.9", "<sip:c@h>;q=0.9", cseq=2)
    assert desk.contacts() == ["sip:b@h", "sip:c@h", "sip:a@h"]
    desk.register("<sip:c@h>;q=0.9", cseq=3)
    assert desk.contacts() == ["sip:c@h", "sip:b@h", "sip:a@h"]
    outcome = desk.register("<sip:b@h>;expires=0", cseq=4)
    assert (outcome.status, outcome.changed) == (200, True)
    assert desk.contacts() == ["sip:c@h", "sip:a@h"]
    assert desk.register("<sip:nobody@h>", expires="0", cseq=5).status == 200
    assert desk.contacts() == ["sip:c@h", "sip:a@h"]


def test_contacts_are_compared_by_meaning() -> None:
    desk = Desk()
    desk.register("<sip:%61@H.example.com;transport=tcp>", cseq=1)
    desk.register("<sip:a@h.example.com;transport=TCP>", cseq=2)
    assert desk.contacts() == ["sip:a@h.example.com;transport=TCP"]
    desk.register("<sip:a@h.example.com>", cseq=3)
    assert len(desk.contacts()) == 2


def test_a_phone_that_comes_back_from_another_address_is_one_phone() -> None:
    desk = Desk()
    instance = ';+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"'
    desk.register(f"<sip:a@10.0.0.1:1025>{instance}", call_id="before")
    outcome = desk.register(f"<sip:a@10.0.0.9:3333>{instance}", call_id="after")
    assert desk.contacts() == ["sip:a@10.0.0.9:3333"]
    assert outcome.headers == (("contact", f"<sip:a@10.0.0.9:3333>;expires=300{instance}"),)
    assert outcome.bindings[0].instance == "<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"


def test_wildcard() -> None:
    desk = Desk()
    desk.register("<sip:a@h>", "<sip:b@h>", cseq=5)
    for contacts, expires in ((("*",), None), (("*",), "60"), (("*", "<sip:a@h>"), "0"), (("*", "*"), "0")):
        assert desk.register(*contacts, expires=expires, cseq=6).status == 400
    assert desk.register("*", expires="0", cseq=5).status == 500, "not newer than what made the bindings"
    assert len(desk.contacts()) == 2
    outcome = desk.register("*", expires="0", cseq=6)
    assert (outcome.status, outcome.headers, outcome.changed) == (200, (), True)
    assert desk.contacts() == []
    assert len(desk.registrar) == desk.registrar.count == 0
    assert desk.register("*", expires="0", cseq=7).changed is False


def test_older_cseq_of_the_same_call_is_refused() -> None:
    desk = Desk()
    desk.register("<sip:a@h>", cseq=7)
    for cseq in (7, 6):
        outcome = desk.register("<sip:a@h>;expires=0", cseq=cseq)
        assert (outcome.status, outcome.changed) == (500, False)
    assert desk.register("<sip:a@h>;expires=90", cseq=1, call_id="c2").status == 200, (
        "a phone that was restarted"
    )
    assert desk.contacts() == ["sip:a@h"]


def test_an_expired_binding_does_not_stand_in_the_way() -> None:
    desk = Desk()
    desk.register("<sip:a@h>", cseq=7)
    outcome = desk.register("<sip:a@h>", cseq=3, at=301, most=1)
    assert (outcome.status, len(outcome.bindings)) == (200, 1)


def test_too_many_contacts() -> None:
    desk = Desk()
    assert desk.register("<sip:a@h>", "<sip:b@h>", most=2, cseq=1).status == 200
    outcome = desk.register("<sip:c@h>", most=2, cseq=2)
    assert (outcome.status, outcome.changed) == (403, False)
    assert desk.register("<sip:b@h>", most=2, cseq=3).status == 200
    assert desk.register("<sip:a@h>;expires=0", "<sip:c@h>", most=2, cseq=4).status == 200
    assert desk.contacts() == ["sip:c@h", "sip:b@h"]
    assert desk.register(most=1, cseq=5).status == 200, (
        "a query, and a removal, are allowed to who has too many"
    )
    assert desk.register("<sip:b@h>;expires=0", most=0, cseq=6).status == 200


@pytest.mark.parametrize(
    "contacts",
    [
        ("<sip:a@h",),
        ("sip:a@h?Route=%3Csip:evil%3E",),
        ("<tel:+34910000000>",),
        ("<name:John_Smith>",),
        ("<sip:a@h>;q=2",),
        ("<sip:a@h>;q=1.5",),
        ("<sip:a@h>;q=x",),
        ("<sip:a@h>;q=0.5555",),
        (f"<sip:{'a' * 600}@h>",),
        (f'<sip:a@h>;+sip.instance="{"x" * 200}"',),
        tuple(f"<sip:a{number}@h>" for number in range(21)),
        ("<sip:a@h>;expires=60;expires=70",),
    ],
)
def test_bad_contacts(contacts: tuple[str, ...]) -> None:
    desk = Desk()
    outcome = desk.register(*contacts, most=100)
    assert (outcome.status, outcome.changed, len(desk.registrar)) == (400, False, 0)


@pytest.mark.parametrize(
    "more", [{"path": "<sip:edge"}, {"path": f"<sip:{'e' * 1100}@h>"}, {"call_id": "c" * 256}]
)
def test_bad_requests(more: dict[str, str]) -> None:
    assert Desk().register("<sip:a@h>", **more).status == 400


def test_header_parameters_do_not_leak_into_others_answers() -> None:
    """A contact is shown to whoever registers the same address: only what we have read of it."""
    outcome = Desk().register('<sip:a@h>;evil="\\"x";audio')
    assert outcome.headers == (("contact", "<sip:a@h>;expires=300"),)


def test_a_closed_connection_takes_its_bindings_along() -> None:
    desk = Desk()
    tcp, other = Flow("TCP", "192.0.2.1", 4000, 7), Flow("TCP", "192.0.2.1", 4000, 8)
    desk.register("<sip:a@h>", flow=tcp, cseq=1)
    desk.register("<sip:b@h>", cseq=2)
    assert desk.registrar.forget_flow(other) == []
    assert desk.registrar.forget_flow(tcp) == [AOR]
    assert desk.contacts() == ["sip:b@h"]
    desk.register("<sip:a@h>", flow=tcp, cseq=3)
    desk.register("<sip:a@h>", flow=other, cseq=4)
    assert desk.registrar.forget_flow(tcp) == [], "it has moved to another connection"
    assert len(desk.contacts()) == 2


def test_expire_tells_who_lost_something() -> None:
    desk = Desk()
    desk.register("<sip:a@h>;expires=60", "<sip:b@h>;expires=120")
    assert desk.registrar.expire(NOW + 59) == []
    assert desk.registrar.expire(NOW + 60) == [AOR]
    assert desk.registrar.count == 1
    desk.register("<sip:b@h>;expires=120", at=100, cseq=2)
    assert desk.registrar.expire(NOW + 120) == []
    assert desk.registrar.expire(NOW + 220) == [AOR]
    assert len(desk.registrar) == 0


def test_refreshing_for_ever_takes_no_memory() -> None:
    desk = Desk()
    for number in range(1000):
        desk.register("<sip:a@h>;expires=3600", at=number * 30, cseq=number + 1)
        desk.registrar.expire(NOW + number * 30)
    assert len(desk.registrar._heap) <= 2


def test_memory_of_a_binding() -> None:
    binding = ContactBinding(
        "sip:acme-ana@192.168.100.100:50600;transport=udp;ob",
        FLOW,
        (),
        NOW,
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        100,
        1.0,
        "<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>",
        "Yealink SIP-T46S 66.85.0.5",
    )
    size = sys.getsizeof(binding) + sum(
        sys.getsizeof(getattr(binding, name)) for name in ContactBinding.__dataclass_fields__
    )
    assert size + sum(map(sys.getsizeof, FLOW)) < 1500


# --- any history ---------------------------------------------------------------------------------------------------


CONTACT = st.builds(
    "<sip:{}@h>{}{}{}".format,
    st.sampled_from("abcd"),
    st.sampled_from(["", ";expires=0", ";expires=30", ";expires=60", ";expires=500", ";expires=9999"]),
    st.sampled_from(["", ";q=0.1", ";q=0.7"]),
    st.sampled_from(["", ';+sip.instance="<urn:x>"', ';+sip.instance="<urn:y>"']),
)
FLOWS = (FLOW, Flow("TCP", "192.0.2.1", 1, 1), Flow("TCP", "192.0.2.2", 1, 2))
REGISTER = st.tuples(
    st.just("register"),
    st.one_of(st.just(["*"]), st.lists(CONTACT, max_size=3)),
    st.sampled_from([None, "0", "100"]),
    st.sampled_from(["c1", "c2"]),
    st.integers(1, 20),
    st.sampled_from(FLOWS),
)
STEP = (
    REGISTER
    | st.tuples(st.just("wait"), st.integers(1, 700))
    | st.tuples(st.just("expire"))
    | st.tuples(st.just("close"), st.sampled_from(FLOWS[1:]))
    | st.tuples(st.just("restart"))
)


@given(st.lists(STEP, max_size=25), st.integers(1, 3))
def test_any_history(steps: list[tuple[object, ...]], most: int) -> None:
    """What is true after any sequence of events."""
    registrar, now = Registrar(ExpiryBounds()), NOW
    for step in steps:
        before = registrar.lookup(AOR, now)
        match step:
            case ("register", contacts, expires, call_id, cseq, flow):
                message = request(*contacts, cseq=cseq, call_id=call_id, expires=expires)
                outcome = registrar.register(AOR, message, flow, now, most)
                check(outcome, before, registrar.lookup(AOR, now), message, now)
            case ("wait", seconds):
                now += seconds
                assert set(registrar.lookup(AOR, now)) <= set(before), "only time has passed"
            case ("expire",):
                registrar.expire(now)
                assert registrar.lookup(AOR, now) == before
                assert registrar.count == len(before)
            case ("close", flow):
                lost = registrar.forget_flow(flow)
                after = registrar.lookup(AOR, now)
                assert after == tuple(binding for binding in before if binding.flow != flow)
                assert lost or after == before
            case ("restart",):
                saved, registrar = list(registrar.all()), Registrar(ExpiryBounds())
                for aor, bindings in saved:
                    registrar.restore(aor, bindings)
                assert list(registrar.all()) == saved
                assert registrar.lookup(AOR, now) == before
        check_table(registrar, now, most)
    registrar.expire(now + 3600)
    assert (len(registrar), registrar.count, registrar._due, registrar._over) == (0, 0, {}, {})


def check(
    outcome: RegisterOutcome,
    before: tuple[ContactBinding, ...],
    after: tuple[ContactBinding, ...],
    message: Request,
    now: float,
) -> None:
    assert outcome.bindings == after
    if outcome.status != 200:
        assert not outcome.changed
        assert after == before
        return
    assert outcome.changed or after == before
    assert len([name for name, _ in outcome.headers if name == "contact"]) == len(after)
    cseq = int((message.headers.get("cseq") or "").split()[0])
    for binding in set(after) - set(before):
        assert (binding.call_id, binding.cseq) == (message.headers.get("call-id"), cseq)
        assert 60 <= binding.expires_at - now <= 3600
    for gone in set(before) - set(after):
        assert gone.call_id != message.headers.get("call-id") or gone.cseq < cseq


def check_table(registrar: Registrar, now: float, most: int) -> None:
    bindings = registrar.lookup(AOR, now)
    assert len(bindings) <= most
    assert len({binding.contact for binding in bindings}) == len(bindings)
    assert [binding.q for binding in bindings] == sorted((binding.q for binding in bindings), reverse=True)
    assert all(binding.expires_at > now for binding in bindings)
    listed = [binding for _, known in registrar.all() for binding in known]
    assert registrar.count == len(listed)
    assert {binding.flow for binding in listed if binding.flow.reliable} == set(registrar._over)
