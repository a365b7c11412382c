"""Any flow that can be written, with any caller: it comes to an end, and its trace tells every node with a reason."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import MONDAY, SUNDAY, caller, company, flow, run

from centralita.pbx.acd.news import Offer, Pressed, Reason, Release
from centralita.pbx.callcontrol import RingResult
from centralita.pbx.flow.walk import MAX_NODES
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.contacts import Contacts
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.override import Override
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.user import Personal
from centralita.pbx.vocabulary import StepEnd

NAMES = [f"n{index}" for index in range(8)]
WAY = st.one_of(st.none(), st.sampled_from(NAMES))
OBJECTS = (
    Calendar.model_validate({"id": "town", "days": [{"date": "03-02"}]}),
    Contacts.model_validate({"id": "vip", "numbers": {"+3493*": "x"}}),
    Override(id="night", code="1", schedules=("office",)),
    Group.model_validate(
        {"id": "sales", "members": ["ana", "eva"], "strategy": "round-robin", "otherwise": "flow:main"}
    ),
    Queue.model_validate({"id": "support", "agents": [{"user": "ana"}], "exits": {"1": "box"}}),
)


def node(type_: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(type_)} | fields)


def branches(**asked: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(asked | {"to": WAY}), min_size=1, max_size=3)


TARGETS = st.lists(
    st.sampled_from(["user:ana", "user:luis", "group:sales", "external:600123123"]),
    min_size=1,
    max_size=3,
    unique=True,
)
NODES = st.one_of(
    node("hours", schedule=st.just("office"), open=WAY, closed=WAY, holiday=WAY),
    node("holiday", calendars=st.just(["town"]), holiday=WAY, otherwise=WAY),
    node("override", override=st.just("night"), on=WAY, off=WAY),
    node(
        "geography",
        branches=branches(**{"in": st.lists(st.sampled_from(["ES", "ES-B", "EU", "FR"]), min_size=1)}),
        unknown=WAY,
        otherwise=WAY,
    ),
    node("caller", branches=branches(contacts=st.sampled_from(["vip", None])), otherwise=WAY),
    node(
        "share",
        by=st.sampled_from(["weight", "calls", "talk-time", "least-loaded"]),
        targets=st.lists(
            st.fixed_dictionaries({"to": st.sampled_from(NAMES), "weight": st.integers(1, 5)}),
            min_size=1,
            max_size=3,
        ),
        sticky_days=st.sampled_from([0, 3]),
    ),
    node(
        "menu",
        menu=st.just("options"),
        choices=st.dictionaries(st.sampled_from("12*"), WAY, max_size=3),
        otherwise=WAY,
    ),
    node("announce", prompt=st.just("welcome"), answer=st.booleans(), skip=st.booleans(), next=WAY),
    node("collect", prompt=st.just("options"), variable=st.just("x"), next=WAY, failed=WAY),
    node("lookup", url=st.just("https://a.example/{x}"), otherwise=WAY, failed=WAY),
    node("set", tag=st.just("x"), next=WAY),
    node(
        "ring",
        targets=TARGETS,
        strategy=st.sampled_from(["all", "linear", "round-robin", "weighted-random"]),
        forward=st.booleans(),
        no_answer=WAY,
    ),
    node("queue", queue=st.just("support"), exits=st.fixed_dictionaries({"wait": WAY}), otherwise=WAY),
    node("callback", queue=st.just("support"), next=WAY),
    node("voicemail", user=st.just("eva")),
    node("external", number=st.just("600123123"), no_answer=WAY, busy=WAY, failed=WAY),
    node("flow", flow=st.just("other"), next=WAY),
    node("hang-up", cause=st.sampled_from(["normal", "busy"])),
)
GRAPHS = st.fixed_dictionaries(dict.fromkeys(NAMES, NODES))
ENDS = st.sampled_from(
    [
        RingResult(StepEnd.ANSWERED),
        RingResult(StepEnd.NO_ANSWER, 480),
        RingResult(StepEnd.BUSY, 486),
        RingResult(StepEnd.UNREACHABLE, 480),
        RingResult(StepEnd.FORWARDED, 302, "103"),
    ]
)
NEWS = st.lists(
    st.sampled_from(
        [
            Offer("c", "support", ("ana",), 10.0),
            Pressed("1"),
            Release("c", Reason.WAIT),
            Release("c", Reason.SIZE, "flow:main"),
        ]
    ),
    max_size=6,
)


@given(
    main=GRAPHS,
    other=GRAPHS,
    number=st.sampled_from(["", "+34930000001", "+34600000001"]),
    at=st.sampled_from([MONDAY, SUNDAY]),
    presses=st.lists(st.text("0123456789*#", max_size=4), max_size=30),
    phones=st.fixed_dictionaries(dict.fromkeys(("ana", "luis", "eva"), ENDS)),
    outside=ENDS,
    news=NEWS,
    personal=st.sampled_from(
        [{}, {"ana": Personal(forward_always="102"), "luis": Personal(forward_busy="101")}]
    ),
)
@settings(max_examples=150, deadline=None)
def test_every_call_ends_and_every_node_tells_why(
    main: dict[str, Any],
    other: dict[str, Any],
    number: str,
    at: Any,
    presses: list[str],
    phones: dict[str, RingResult],
    outside: RingResult,
    news: list[Any],
    personal: dict[str, Personal],
) -> None:
    flows: list[Flow] = [flow(main), flow(other, ident="other")]
    made = caller(
        company(*flows, *OBJECTS, personal=personal),
        number=number,
        at=at,
        presses=presses,
        phones=phones,
        outside=outside,
    )
    made.queue_news = list(news)
    story = run(made)
    over = ("talk", "refuse", "hang up", "record", "caller gone", "dial", "set")
    assert story[-1].startswith(over) or story[-1].startswith("answer"), story[-3:]
    assert len(made.trace) <= 4 * MAX_NODES
    assert not made.state.going
    for line in made.trace:
        assert line.reason
        assert line.reason.isprintable()
        assert all(reason and reason.isprintable() for reason in line.passed)
    for before, after in zip(made.trace, made.trace[1:], strict=False):
        # A way that leads to a node leads there: nothing happens between that the trace does not tell.
        if before.node and before.target.partition("/")[2] in NAMES:
            told = after.node or after.rule
            assert (
                told == before.target
                or told in ("flow-limit", "trunk", "trunk-passed", "no-trunk")
                or (after.rule.startswith(("forward", "trunk", "outside")))
            ), (before, after)
