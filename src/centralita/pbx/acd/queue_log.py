"""Queue history as Asterisk writes it (``queue_log``), for the report tools that read that.

A line is ``epoch|callid|queue|agent|EVENT|parameters``; events and their parameters are those of Asterisk 12 and later
(*Queue Logs*, Asterisk documentation). Facts without a counterpart there make no line. A callback is two visits: the caller
leaves by a key, and enters again, to be connected at once, when the customer has answered.
"""

from __future__ import annotations

from collections.abc import Callable

from centralita.pbx.acd import facts
from centralita.pbx.acd.facts import AcdFact
from centralita.pbx.acd.news import Reason
from centralita.pbx.vocabulary import Party, StepEnd

NONE = "NONE"
_FORBIDDEN = str.maketrans({"|": " ", "\r": " ", "\n": " "})
_NOT_RUNG_OUT = frozenset({StepEnd.CALLER_GONE, StepEnd.WITHDRAWN, StepEnd.ELSEWHERE})
_NOBODY_THERE = frozenset({Reason.NO_AGENTS, Reason.REMOVED})

Names = Callable[[str], str]
"""From a user's id to what the tool knows the agent by."""


def _as_it_is(agent: str) -> str:
    return agent


def queue_start(at: float) -> str:
    """The line of a start of the exchange: whoever reads the log closes what was open."""
    return _line(at, NONE, NONE, NONE, "QUEUESTART", "")


def queue_log(fact: AcdFact, names: Names = _as_it_is, *, agent_sessions: bool = False) -> list[str]:
    """The lines of one fact, mostly one, without line ends.

    ``agent_sessions``: tell logging in and out as AGENTLOGIN and AGENTLOGOFF, not as ADDMEMBER and REMOVEMEMBER of each queue.
    """
    if isinstance(fact, facts.TenantFact):
        return _of_agent(fact, names, agent_sessions)
    return _of_caller(fact, names)


def _of_caller(fact: AcdFact, names: Names) -> list[str]:
    at, call = fact.at, fact.journey
    match fact:
        case facts.QueueJoined():
            return [_line(at, call, fact.queue, NONE, "ENTERQUEUE", "", fact.caller, fact.position)]
        case facts.QueueMissed():
            event = "RINGCANCELED" if fact.end in _NOT_RUNG_OUT else "RINGNOANSWER"
            return [_line(at, call, fact.queue, names(fact.agent), event, round(fact.rang * 1000))]
        case facts.QueueAnswered():
            waited = 0.0 if fact.callback else fact.waited
            connect = _line(at, call, fact.queue, names(fact.agent), "CONNECT", waited, call, fact.rang)
            if fact.callback:
                return [_line(at, call, fact.queue, NONE, "ENTERQUEUE", "", "", 1), connect]
            return [connect]
        case facts.QueueCallEnded():
            return [_ended(fact, names)]
        case facts.CallbackRequested():
            return [
                _line(
                    at,
                    call,
                    fact.queue,
                    NONE,
                    "EXITWITHKEY",
                    fact.key,
                    fact.position,
                    fact.joined_position,
                    fact.waited,
                )
            ]
        case facts.QueueLeft():
            return _left(fact)
        case _:
            return []


def _ended(fact: facts.QueueCallEnded, names: Names) -> str:
    waited, position = (0.0, 1) if fact.callback else (fact.waited, fact.position)
    agent = names(fact.agent)
    if fact.transferred_to:
        to = fact.transferred_to
        return _line(
            fact.at, fact.journey, fact.queue, agent, "BLINDTRANSFER", to, "", waited, fact.talk, position
        )
    event = "COMPLETECALLER" if fact.by is Party.CALLER else "COMPLETEAGENT"
    return _line(fact.at, fact.journey, fact.queue, agent, event, waited, fact.talk, position)


def _left(fact: facts.QueueLeft) -> list[str]:
    where = (fact.position, fact.joined_position, fact.waited)
    match fact.reason:
        case Reason.ABANDONED:
            event, parameters = "ABANDON", where
        case Reason.KEY:
            return [
                _line(fact.at, fact.journey, fact.queue, NONE, "EXITWITHKEY", fact.key, *where),
            ]
        case reason if reason in _NOBODY_THERE:
            event, parameters = "EXITEMPTY", where
        case Reason.CALLBACK_FAILED | Reason.CALLBACK_EXPIRED | Reason.CANCELLED:
            return []  # has left by a key when it was asked for
        case _:
            event, parameters = "EXITWITHTIMEOUT", where
    return [_line(fact.at, fact.journey, fact.queue, NONE, event, *parameters)]


def _of_agent(fact: facts.TenantFact, names: Names, agent_sessions: bool) -> list[str]:
    at = fact.at
    match fact:
        case facts.AgentLoggedIn():
            agent = names(fact.agent)
            if agent_sessions:
                return [_line(at, NONE, NONE, agent, "AGENTLOGIN", agent)]
            return [_line(at, NONE, queue, agent, "ADDMEMBER", "") for queue in fact.queues]
        case facts.AgentLoggedOut():
            agent = names(fact.agent)
            if agent_sessions:
                return [_line(at, NONE, NONE, agent, "AGENTLOGOFF", agent, fact.on_shift)]
            return [_line(at, NONE, queue, agent, "REMOVEMEMBER", "") for queue in fact.queues]
        case facts.AgentPaused():
            return _pause(fact, names, "PAUSE")
        case facts.AgentResumed():
            return _pause(fact, names, "UNPAUSE")
        case _:
            return []


def _pause(fact: facts.AgentPaused | facts.AgentResumed, names: Names, event: str) -> list[str]:
    agent = names(fact.agent)
    if not fact.queues:
        return [_line(fact.at, NONE, NONE, agent, event + "ALL", fact.reason)]
    return [_line(fact.at, NONE, queue, agent, event, fact.reason) for queue in fact.queues]


def _line(at: float, call: str, queue: str, agent: str, event: str, *parameters: str | float) -> str:
    """Durations in whole seconds, rounded down, as Asterisk's clock counts them."""
    words = [each.translate(_FORBIDDEN) if isinstance(each, str) else str(int(each)) for each in parameters]
    return "|".join(
        (str(int(at)), call, queue.translate(_FORBIDDEN), agent.translate(_FORBIDDEN), event, *words)
    )
