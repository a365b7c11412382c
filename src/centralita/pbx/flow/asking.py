"""The nodes that find something out: digits asked of the caller, and answers asked of the company's web services."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from centralita.pbx.callcontrol import HIDDEN_DIGIT
from centralita.pbx.flow.node import Node, Talking, name_of
from centralita.pbx.flow.speaking import own_prompt, take_the_line
from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import Playable
    from centralita.pbx.flow.node import Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model import flow as model
    from centralita.pbx.plan import Plan

LONGEST_VALUE = 4096
"""Characters of an answer that are kept in a variable. Security limit."""
_TOLD = 60
"""Characters of an answer that a trace tells."""
_GAP = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")


class Collect(Talking):
    __slots__ = ("_failed", "_model", "_next", "_prompt")

    def __init__(self, plan: Plan, key: str, node: model.CollectNode) -> None:
        super().__init__(key)
        self._model = node
        self._prompt = own_prompt(plan, node.prompt)

    def link(self, find: Find) -> None:
        self._next, self._failed = find(self._model.next), find(self._model.failed)

    async def perform(self, walk: Walk) -> Node | None:
        """The digits themselves are in no trace: people are asked for cards and PINs."""
        node = self._model
        call = walk.call
        await take_the_line(call, "announce")
        walk.pressed = ""
        passed: list[str] = []
        before: list[Playable] = []
        hidden = ""
        for _ in range(node.attempts):
            given = await call.collect(
                [*before, self._prompt], digits=node.max_digits, seconds=node.seconds, between=node.seconds
            )
            walk.time_passed()
            hidden = HIDDEN_DIGIT * len(given)
            if len(given) >= node.min_digits and given.isdigit():
                walk.variables[node.variable] = given
                reason = f"the caller gave {len(given)} digits for {node.variable}"
                call.decide(
                    "collect",
                    name_of(self._next),
                    reason,
                    node=self.key,
                    passed=tuple(passed),
                    pressed=hidden,
                )
                return self._next
            passed.append(
                f"{hidden}: not {node.min_digits} digits or more" if given else "nothing was pressed in time"
            )
            before = [Say.TRY_AGAIN]
        reason = f"the caller did not give {node.min_digits} digits in {node.attempts} attempts"
        call.decide(
            "collect", name_of(self._failed), reason, node=self.key, passed=tuple(passed), pressed=hidden
        )
        return self._failed


class Lookup(Talking):
    __slots__ = ("_branches", "_failed", "_model", "_otherwise", "_parts", "_path", "_server")

    def __init__(self, plan: Plan, key: str, node: model.LookupNode) -> None:
        super().__init__(key)
        self._model = node
        self._server, self._parts = _template(node.url)
        self._path = tuple(node.path.split(".")) if node.path else ()
        self._branches: tuple[tuple[str, Node | None], ...] = ()

    def link(self, find: Find) -> None:
        self._branches = tuple((branch.equals, find(branch.to)) for branch in self._model.branches)
        self._otherwise, self._failed = find(self._model.otherwise), find(self._model.failed)

    async def perform(self, walk: Walk) -> Node | None:
        node = self._model
        call = walk.call
        url = self._address(walk)
        text = await call.lookup(url, node.seconds, node.cache_seconds)
        walk.time_passed()
        where = self._server
        value = None if text is None else _value(text, self._path)
        if value is None:
            reason = (
                f"{where} gave no answer within {node.seconds:g} s"
                if text is None
                else f"the answer of {where} has nothing at {node.path}"
            )
            call.decide("lookup", name_of(self._failed), reason, node=self.key)
            return self._failed
        walk.variables[node.variable] = value
        told = _told(value)
        passed: list[str] = []
        for equals, way in self._branches:
            if value == equals:
                reason = f"{where} answered {told}"
                call.decide("lookup", name_of(way), reason, node=self.key, passed=tuple(passed))
                return way
            passed.append(f"{equals}: the answer is another")
        reason = f"{where} answered {told}" + (", which no branch names" if self._branches else "")
        call.decide("lookup", name_of(self._otherwise), reason, node=self.key, passed=tuple(passed))
        return self._otherwise

    def _address(self, walk: Walk) -> str:
        """The address with everything put in that the caller or another service said, so that it cannot become more than a value."""
        call = walk.call
        parts: list[str] = []
        for index, part in enumerate(self._parts):
            if index % 2 == 0:
                parts.append(part)
                continue
            match part:
                case "caller":
                    value = call.caller.number
                case "dialled":
                    value = call.dialled
                case _:
                    value = walk.variables.get(part, "")
            parts.append(quote(value, safe=""))
        return "".join(parts)


def _template(url: str) -> tuple[str, tuple[str, ...]]:
    """The server, for traces, and the address cut at its gaps: text, name, text, name, … text.

    There are no gaps in the name of the server: what a caller presses does not choose who is asked.
    """
    scheme, _, rest = url.partition("://")
    end = next((index for index, char in enumerate(rest) if char in "/?#"), len(rest))
    server = rest[:end]
    first, *others = _GAP.split(rest[end:])
    return server.rpartition("@")[2], (f"{scheme}://{server}{first}", *others)


def _value(text: str, path: tuple[str, ...]) -> str | None:
    """The text itself, or what stands in it at a path of names and numbers; None where there is nothing."""
    if not path:
        return text.strip()[:LONGEST_VALUE]
    try:
        # Numbers stay as they are written: 007 is no JSON, but 1.10 is, and is not 1.1.
        found = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    for name in path:
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    if isinstance(found, bool):
        return "true" if found else "false"
    return found[:LONGEST_VALUE] if isinstance(found, str) else None


def _told(value: str) -> str:
    """An answer in a trace: one line, and not all of a long one."""
    line = "".join(char if char.isprintable() else " " for char in value[: _TOLD + 1])
    return f'"{line}"' if len(line) <= _TOLD else f'"{line[:_TOLD]}…"'
