"""What a branch of a caller node asks: each condition as a function that answers with its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model.flow import CallerBranch
    from centralita.pbx.plan import Plan

    Condition = Callable[[Walk], tuple[bool, str]]
    """Whether it is so, and why in words."""


def described(branch: CallerBranch) -> str:
    """The branch in a trace."""
    parts = []
    if branch.contacts is not None:
        parts.append(f"contacts {branch.contacts}")
    if branch.anonymous is not None:
        parts.append("anonymous" if branch.anonymous else "not anonymous")
    if branch.seen_within_days is not None:
        parts.append(f"seen within {branch.seen_within_days} days")
    if branch.last_agent_within_days is not None:
        parts.append(f"last agent within {branch.last_agent_within_days} days")
    if branch.internal is not None:
        parts.append("internal" if branch.internal else "not internal")
    if branch.tag:
        parts.append(f"tag {branch.tag}")
    return ", ".join(parts) or "everybody"


def conditions(plan: Plan, branch: CallerBranch) -> tuple[Condition, ...]:
    """All that must be true, what is cheap to look at first. Raises KeyError for a list that is not there."""
    found: list[Condition] = []
    if branch.internal is not None:
        found.append(_internal(branch.internal))
    if branch.anonymous is not None:
        found.append(_anonymous(branch.anonymous))
    if branch.tag:
        found.append(_tagged(branch.tag))
    if branch.contacts is not None:
        found.append(_on_list(plan, branch.contacts))
    if branch.seen_within_days is not None:
        found.append(_seen(branch.seen_within_days))
    if branch.last_agent_within_days is not None:
        found.append(_last_agent(branch.last_agent_within_days))
    return tuple(found) or (_everybody,)


def _everybody(walk: Walk) -> tuple[bool, str]:
    return True, "the branch asks for nothing"


def _internal(wanted: bool) -> Condition:
    def test(walk: Walk) -> tuple[bool, str]:
        internal = walk.call.caller.user is not None
        return internal is wanted, "the call is from inside" if internal else "the call is from outside"

    return test


def _anonymous(wanted: bool) -> Condition:
    def test(walk: Walk) -> tuple[bool, str]:
        anonymous = not walk.call.caller.number
        return anonymous is wanted, (
            "the caller withholds the number" if anonymous else "the caller shows a number"
        )

    return test


def _tagged(tag: str) -> Condition:
    def test(walk: Walk) -> tuple[bool, str]:
        there = tag in walk.tags
        return there, f"the call has the tag {tag}" if there else f"the call does not have the tag {tag}"

    return test


def _on_list(plan: Plan, ident: str) -> Condition:
    contacts = plan.contacts[ident]
    missing = f"the caller is not on the list {contacts.label}"
    withheld = "a caller without a number is on no list"

    def test(walk: Walk) -> tuple[bool, str]:
        writings = walk.writings
        listed = contacts.find(writings) if writings else None
        if listed is None:
            return False, missing if writings else withheld
        name = f" ({listed.name})" if listed.name else ""
        return True, f"{walk.call.caller.number} is on the list {listed.list} as {listed.entry}{name}"

    return test


def _seen(days: int) -> Condition:
    def test(walk: Walk) -> tuple[bool, str]:
        if not walk.call.caller.number:
            return False, "a caller without a number is not remembered"
        seen = walk.seen(days)
        if seen is None:
            return False, f"the caller has not called within {days} days"
        return True, f"the caller has called {seen.calls} times, within {days} days"

    return test


def _last_agent(days: int) -> Condition:
    def test(walk: Walk) -> tuple[bool, str]:
        agent = walk.last_agent_within(timedelta(days=days))
        if not agent:
            return False, f"nobody who is still here spoke with the caller within {days} days"
        walk.last_agent = agent
        name = walk.call.snapshot.users[agent].name
        seen = walk.seen()
        when = f" on {datetime.fromtimestamp(seen.agent_at, walk.now().tzinfo).date()}" if seen else ""
        return True, f"{name} spoke with the caller{when}"

    return test
