"""Queue history in Asterisk's words: a short morning of a call centre, line by line."""

from __future__ import annotations

import random

from centralita.pbx.acd.facts import AcdFact, AgentLoggedIn, AgentLoggedOut, QueueCallEnded
from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.queue_log import queue_log, queue_start
from centralita.pbx.model.queue import Queue
from centralita.pbx.vocabulary import JourneyId, Party, StepEnd, TenantId

START = 1_700_000_000.0

MORNING = """
1700000000|NONE|sales|ana|ADDMEMBER|
1700000000|NONE|support|ana|ADDMEMBER|
1700000010|c1|sales|NONE|ENTERQUEUE||+34600000001|1
1700000030|c1|sales|ana|RINGNOANSWER|20000
1700000041|c1|sales|ana|CONNECT|31|c1|5
1700000045|c2|sales|NONE|ENTERQUEUE||+34600000002|1
1700000046|c3|sales|NONE|ENTERQUEUE|||2
1700000050|c2|sales|NONE|EXITWITHKEY|0|1|1|5
1700000055|c4|sales|NONE|ENTERQUEUE||+34600000004|2
1700000056|c3|sales|NONE|ABANDON|1|2|10
1700000101|c1|sales|ana|COMPLETECALLER|31|60|1
1700000103|c4|sales|ana|RINGCANCELED|2000
1700000103|c4|sales|NONE|ABANDON|1|2|48
1700000110|NONE|NONE|ana|PAUSEALL|coffee  tea
1700000120|c5|support|NONE|ENTERQUEUE||+34600000005|1
1700000150|c5|support|NONE|EXITWITHTIMEOUT|1|1|30
1700000160|c6|sales|NONE|ENTERQUEUE||+34600000006|1
1700000165|c6|sales|NONE|EXITWITHKEY|1|1|1|5
1700000170|NONE|NONE|ana|UNPAUSEALL|coffee  tea
1700000180|c6|sales|NONE|ENTERQUEUE|||1
1700000180|c6|sales|ana|CONNECT|0|c6|0
1700000220|c6|sales|ana|COMPLETEAGENT|0|40|1
1700000230|c7|sales|NONE|ENTERQUEUE||+34600000007|1
1700000231|c7|sales|ana|CONNECT|1|c7|1
1700000260|c7|sales|ana|BLINDTRANSFER|102||1|29|1
1700000270|NONE|sales|ana|REMOVEMEMBER|
1700000270|NONE|support|ana|REMOVEMEMBER|
"""


def morning() -> list[AcdFact]:
    member = {"user": "ana"}
    queues = {
        "sales": Queue(id="sales", agents=[member], exits={"0": "operator"}, callback={"digit": "1"}),
        "support": Queue(id="support", agents=[member], max_wait_seconds=30),
    }
    floor = Floor(random.Random(1), TenantId("office"))
    at = START
    floor.configure(queues, at)
    floor.reachable("ana", True, at)
    floor.log_in("ana", at)
    floor.join("c1", "sales", at + 10, caller_number="+34600000001")
    floor.declined("c1", "ana", StepEnd.NO_ANSWER, at + 30)
    floor.handle_timer(at + 36)
    floor.accepted("c1", "ana", at + 41)
    floor.join("c2", "sales", at + 45, caller_number="+34600000002")
    floor.join("c3", "sales", at + 46)
    floor.leave("c2", "key:0", at + 50)
    floor.join("c4", "sales", at + 55, caller_number="+34600000004")
    floor.leave("c3", "abandoned", at + 56)
    floor.conversation_ended("c1", "ana", at + 101, by=Party.CALLER)
    floor.leave("c4", "abandoned", at + 103)
    floor.pause("ana", "coffee|\ntea", at + 110)
    floor.join("c5", "support", at + 120, caller_number="+34600000005")
    floor.handle_timer(at + 150)
    floor.join("c6", "sales", at + 160, caller_number="+34600000006")
    floor.want_callback("c6", "+34600000006", at + 165)
    floor.resume("ana", at + 170)
    floor.accepted("c6", "ana", at + 175)
    floor.callback_connected("c6", at + 180)
    floor.conversation_ended("c6", "ana", at + 220)
    floor.join("c7", "sales", at + 230, caller_number="+34600000007")
    floor.accepted("c7", "ana", at + 231)
    floor.conversation_ended("c7", "ana", at + 260, transferred_to="102")
    floor.log_out("ana", at + 270)
    return floor.facts()


def test_a_morning_in_asterisks_words() -> None:
    lines = [line for fact in morning() for line in queue_log(fact)]
    assert lines == MORNING.split("\n")[1:-1]


def test_agents_by_their_names_and_as_sessions() -> None:
    office = TenantId("office")
    came = AgentLoggedIn(at=START, tenant=office, agent="ana", queues=("sales", "support"))
    went = AgentLoggedOut(at=START + 90, tenant=office, agent="ana", queues=("sales",), on_shift=90.0)
    assert queue_log(came, str.upper, agent_sessions=True) == ["1700000000|NONE|NONE|ANA|AGENTLOGIN|ANA"]
    assert queue_log(went, agent_sessions=True) == ["1700000090|NONE|NONE|ana|AGENTLOGOFF|ana|90"]


def test_nothing_that_people_type_breaks_a_line() -> None:
    fact = QueueCallEnded(
        journey=JourneyId("c1"),
        at=START,
        queue="sales",
        agent="ana",
        by=Party.CALLEE,
        talk=1.9,
        transferred_to="10|2\r\n|x",
    )
    assert queue_log(fact) == ["1700000000|c1|sales|ana|BLINDTRANSFER|10 2   x||0|1|0"]


def test_a_start() -> None:
    assert queue_start(START) == "1700000000|NONE|NONE|NONE|QUEUESTART|"
