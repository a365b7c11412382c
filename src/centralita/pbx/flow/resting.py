"""The nodes where a call may rest, but for queues: people are rung, a message is left, somebody outside is called, the end."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from centralita.pbx import forwarding
from centralita.pbx.external import call_external
from centralita.pbx.flow.node import Deciding, Elsewhere, Node, Over, Talking, name_of
from centralita.pbx.flow.speaking import own_prompt
from centralita.pbx.forwarding import Party
from centralita.pbx.ringing import Team, ring_team, team_of
from centralita.pbx.vocabulary import Outcome, StepEnd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from centralita.pbx.flow.node import CompiledFlow, Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model import flow as model
    from centralita.pbx.model.user import User
    from centralita.pbx.plan import Plan

#: Cause → outcome and SIP status of a call that is refused for it before it is answered.
CAUSES: Mapping[str, tuple[Outcome, int]] = MappingProxyType(
    {
        "normal": (Outcome.REJECTED, 480),
        "busy": (Outcome.BUSY, 486),
        "rejected": (Outcome.REJECTED, 603),
        "not-found": (Outcome.FAILED, 404),
        "unavailable": (Outcome.UNREACHABLE, 480),
        "congestion": (Outcome.FAILED, 503),
    }
)


class Ring(Talking):
    __slots__ = (
        "_busy",
        "_group_otherwise",
        "_model",
        "_no_answer",
        "_target",
        "_team",
        "_unreachable",
        "people",
    )

    def __init__(self, plan: Plan, key: str, node: model.RingNode) -> None:
        super().__init__(key)
        self._model = node
        self._target = ", ".join(node.targets)
        self._group_otherwise = ""
        if len(node.targets) == 1 and node.targets[0].startswith("group:"):
            group = plan.snapshot.groups[node.targets[0].removeprefix("group:")]
            self._team = team_of(plan, group)
            self._group_otherwise = group.otherwise or ""
        else:
            self._team = Team(
                key,
                _parties(plan, node.targets),
                node.strategy,
                node.seconds,
                None,
                node.skip_busy,
                node.confirm,
                node.forward,
            )
        self.people: tuple[User, ...] = tuple(
            party.user for party in self._team.parties if party.user is not None
        )
        """Users who may be rung here."""

    def link(self, find: Find) -> None:
        self._no_answer = find(self._model.no_answer)
        self._busy = self._no_answer if self._model.busy is None else find(self._model.busy)
        self._unreachable = (
            self._no_answer if self._model.unreachable is None else find(self._model.unreachable)
        )

    async def perform(self, walk: Walk) -> Node | Elsewhere | Over | None:
        first = ""
        if self._model.last_agent_first:
            first = walk.last_agent or walk.last_agent_within()
        rung = await ring_team(walk, self._team, target=self._target, node=self.key, first=first)
        if rung.end is StepEnd.ANSWERED:
            return Over.CALL
        match rung.end:
            case StepEnd.BUSY:
                way = self._busy
            case StepEnd.UNREACHABLE:
                way = self._unreachable
            case _:
                way = self._no_answer
        otherwise = self._group_otherwise if way is None else ""
        target = otherwise or name_of(way)
        walk.call.decide(f"ring-{rung.end.value}", target, rung.reason, node=self.key, passed=rung.passed)
        return Elsewhere(otherwise) if otherwise else way


def _parties(plan: Plan, targets: tuple[str, ...]) -> tuple[Party, ...]:
    """Users, members of groups and numbers outside, each once. Raises KeyError for what is not there."""
    found: dict[str, Party] = {}
    for target in targets:
        kind, _, ident = target.partition(":")
        if kind == "user":
            parties = [Party.of_user(plan.snapshot.users[ident])]
        elif kind == "group":
            parties = [Party.of_user(user, weight) for user, weight in plan.groups[ident]]
        else:
            number = forwarding.public_number(plan.snapshot, ident)
            if number is None:
                raise KeyError(target)
            parties = [Party.outside(number)]
        for party in parties:
            found.setdefault(party.id, party)
    return tuple(found.values())


class Voicemail(Talking):
    __slots__ = ("_model", "_name")

    def __init__(self, plan: Plan, key: str, node: model.VoicemailNode) -> None:
        super().__init__(key)
        self._model = node
        self._name = plan.snapshot.users[node.user].name

    async def perform(self, walk: Walk) -> Elsewhere:
        target = f"voicemail:{self._model.user}"
        walk.call.decide("voicemail", target, f"the voicemail of {self._name}", node=self.key)
        return Elsewhere(target)


class External(Talking):
    __slots__ = ("_busy", "_failed", "_model", "_no_answer", "_number")

    def __init__(self, plan: Plan, key: str, node: model.ExternalNode) -> None:
        super().__init__(key)
        self._model = node
        number = forwarding.public_number(plan.snapshot, node.number)
        if number is None:
            raise KeyError(f"external:{node.number}")
        self._number = number

    def link(self, find: Find) -> None:
        self._no_answer = find(self._model.no_answer)
        self._busy, self._failed = find(self._model.busy), find(self._model.failed)

    async def perform(self, walk: Walk) -> Node | Over | None:
        node, call = self._model, walk.call
        target = f"external:{self._number}"
        call.decide("external", target, f"calls {self._number} for {node.seconds} s", node=self.key)
        result = await call_external(
            walk,
            self._number,
            node.seconds,
            confirm=node.confirm,
            shown=node.caller_number,
            show_caller=node.show == "caller" and not node.caller_number,
        )
        if result.end is StepEnd.ANSWERED:
            return Over.CALL
        match result.end:
            case StepEnd.BUSY | StepEnd.REJECTED:
                way = self._busy
            case StepEnd.NO_ANSWER:
                way = self._no_answer
            case _:
                way = self._failed
        reason = f"{self._number} was not reached: {result.end.value}"
        call.decide(f"external-{result.end.value}", name_of(way), reason, node=self.key)
        return way


class SubFlow(Deciding):
    __slots__ = ("_flow", "_model", "_next")

    def __init__(self, key: str, node: model.SubFlowNode, flow: CompiledFlow) -> None:
        super().__init__(key)
        self._model = node
        self._flow = flow

    def link(self, find: Find) -> None:
        self._next = find(self._model.next)

    def decide(self, walk: Walk) -> Node | None:
        walk.stack.append(self._next)
        way = self._flow.start
        walk.call.decide("flow", name_of(way), f"goes through the flow {self._flow.label}", node=self.key)
        return way


class HangUp(Talking):
    __slots__ = ("_model", "_prompt")

    def __init__(self, plan: Plan, key: str, node: model.HangUpNode) -> None:
        super().__init__(key)
        self._model = node
        self._prompt = own_prompt(plan, node.prompt) if node.prompt is not None else ""

    async def perform(self, walk: Walk) -> Over:
        call = walk.call
        cause = self._model.cause
        target = "hang-up" if cause == "normal" else f"hang-up:{cause}"
        call.decide("hang-up", target, f"ends the call, cause {cause}", node=self.key)
        await hang_up(walk, cause, self._prompt)
        return Over.CALL


async def hang_up(walk: Walk, cause: str, prompt: str = "") -> None:
    """End the call for a cause of CAUSES, with a last word if there is one."""
    call = walk.call
    outcome, status = CAUSES[cause]
    if prompt:
        await call.announce([prompt])
    if call.is_answered():
        call.hang_up(None if cause == "normal" else outcome, cause)
    else:
        await call.announce_and_refuse([], status, outcome, cause)
