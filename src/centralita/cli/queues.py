"""Call centres: queues, agents and overrides as they are now, and what a supervisor does about them."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from centralita.cli import output
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.instants import parse_instant
from centralita.cli.options import DataFolder, Tenant, load_settings, open_database, running_switch
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from pathlib import Path

    from centralita.control import AgentStatus, DirectAgent, DirectCaller, QueueStatus, TurnOverride

queues_app = typer.Typer(invoke_without_command=True)
agents_app = typer.Typer(invoke_without_command=True)

Journey = Annotated[str, typer.Argument(help="The call, as `centralita queues` names it.")]
User = Annotated[str, typer.Argument(help="The agent's user id.")]
QueueNames = Annotated[
    list[str] | None, typer.Option("--queue", "-q", help="Only this queue; may be given more than once.")
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why, for the figures.", show_default=False)]
WaitingOnly = Annotated[bool, typer.Option("--callers", help="Those who wait, in place of the figures.")]


_TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")


class Turn(StrEnum):
    ON = "on"
    OFF = "off"


def register(app: typer.Typer) -> None:
    app.add_typer(queues_app, name="queues", help="Queues, live; `queues take` and `move` direct who waits.")
    app.add_typer(agents_app, name="agents", help="Agents, live; `agents login|logout|pause|resume`.")
    app.command()(override)
    app.command("queue-log")(queue_log)


# --- queues ---------------------------------------------------------------------------------------------------------------


@queues_app.callback()
def queues(
    context: typer.Context,
    tenant: Tenant = "",
    callers: WaitingOnly = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Queues as they are now, and what they did today."""
    if context.invoked_subcommand is not None:
        return
    with running_switch(load_settings(data)) as switch:
        found = switch.queues(tenant)
    if as_json:
        output.print_json(found)
    elif callers:
        _print_callers(found)
    else:
        _print_queues(found)


def _print_queues(found: list[QueueStatus]) -> None:
    output.print_table(
        [
            "tenant",
            "queue",
            "waiting",
            "longest",
            "free",
            "busy",
            "paused",
            "in",
            "answered",
            "lost",
            "level",
            "asa",
        ],
        [
            (
                one.tenant,
                one.queue,
                one.waiting,
                output.duration(one.longest_wait),
                one.free,
                one.busy + one.wrap_up,
                one.paused,
                one.logged_in,
                one.answered,
                one.abandoned,
                "-"
                if one.service_level is None
                else f"{one.service_level:.0%} in {one.service_level_seconds} s",
                output.duration(one.mean_answer),
            )
            for one in found
        ],
        empty="There is no queue.",
    )


def _print_callers(found: list[QueueStatus]) -> None:
    now = datetime.now().astimezone().timestamp()
    output.print_table(
        ["tenant", "queue", "place", "caller", "state", "for", "with", "call"],
        [
            (
                one.tenant,
                one.queue,
                caller.position,
                f"{caller.callback} (callback)" if caller.callback else caller.number or "withheld",
                caller.phase,
                output.duration(now - caller.since),
                ", ".join(caller.agents),
                caller.journey,
            )
            for one in found
            for caller in one.callers
        ],
        empty="Nobody waits.",
    )


@queues_app.command()
def take(journey: Journey, user: User, as_json: AsJson = False, data: DataFolder = None) -> None:
    """Offer a waiting caller to this agent now, whoever is before them."""
    from centralita.control import DirectCaller

    _direct(DirectCaller(action="take", journey=journey, to=user), as_json=as_json, data=data)


@queues_app.command()
def move(
    journey: Journey,
    queue: Annotated[str, typer.Argument(help="The queue to wait in from now on.")],
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Move a waiting caller into another queue; their place in time is kept."""
    from centralita.control import DirectCaller

    _direct(DirectCaller(action="move", journey=journey, to=queue), as_json=as_json, data=data)


@queues_app.command("cancel-callback")
def cancel_callback(journey: Journey, as_json: AsJson = False, data: DataFolder = None) -> None:
    """Forget a callback."""
    from centralita.control import DirectCaller

    _direct(DirectCaller(action="cancel-callback", journey=journey), as_json=as_json, data=data)


# --- agents ---------------------------------------------------------------------------------------------------------------


@agents_app.callback()
def agents(
    context: typer.Context, tenant: Tenant = "", as_json: AsJson = False, data: DataFolder = None
) -> None:
    """Agents, and what each of them is doing."""
    if context.invoked_subcommand is not None:
        return
    with running_switch(load_settings(data)) as switch:
        found = switch.agents(tenant)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ["tenant", "agent", "name", "state", "queues", "calls", "talk", "on shift", "paused"],
        [
            (
                one.tenant,
                one.user,
                one.name,
                one.state,
                ", ".join(one.queues),
                one.calls,
                output.duration(one.talk),
                output.duration(one.on_shift),
                _pauses(one),
            )
            for one in found
        ],
        empty="There is no agent.",
    )


def _pauses(agent: AgentStatus) -> str:
    return ", ".join(
        f"{pause.queue or 'everywhere'} since {output.clock_time(pause.since, date=False)}"
        + (f" ({pause.reason})" if pause.reason else "")
        for pause in agent.pauses
    )


@agents_app.command()
def login(
    user: User,
    queue: QueueNames = None,
    tenant: Tenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Log an agent in to their queues."""
    _agent("login", user, queue, tenant, as_json=as_json, data=data)


@agents_app.command()
def logout(
    user: User,
    queue: QueueNames = None,
    tenant: Tenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Log an agent out; a conversation goes on."""
    _agent("logout", user, queue, tenant, as_json=as_json, data=data)


@agents_app.command()
def pause(
    user: User,
    queue: QueueNames = None,
    reason: Reason = "",
    tenant: Tenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Give an agent no calls until they resume."""
    _agent("pause", user, queue, tenant, reason, as_json=as_json, data=data)


@agents_app.command()
def resume(
    user: User,
    queue: QueueNames = None,
    tenant: Tenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """End an agent's pause."""
    _agent("resume", user, queue, tenant, as_json=as_json, data=data)


@agents_app.command()
def ready(user: User, tenant: Tenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """End an agent's wrap-up before its time."""
    _agent("ready", user, None, tenant, as_json=as_json, data=data)


def _agent(
    action: Literal["login", "logout", "pause", "resume", "ready"],
    user: str,
    queue: list[str] | None,
    tenant: str,
    reason: str = "",
    *,
    as_json: bool,
    data: Path | None,
) -> None:
    from centralita.control import DirectAgent

    request = DirectAgent(action=action, user=user, tenant=tenant, queues=tuple(queue or ()), reason=reason)
    _direct(request, as_json=as_json, data=data)


# --- overrides --------------------------------------------------------------------------------------------------------------


def override(
    name: Annotated[str, typer.Argument(help="The override's id; none: list them.", show_default=False)] = "",
    turn: Annotated[Turn | None, typer.Argument(help="on or off.", show_default=False)] = None,
    until: Annotated[
        str,
        typer.Option(
            help="On until this time today, where the tenant's first site is: 18:00. Else until it is turned off.",
            show_default=False,
        ),
    ] = "",
    tenant: Tenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Overrides of opening hours: list them, or turn one on or off."""
    if not name:
        _list_overrides(tenant, as_json=as_json, data=data)
        return
    if turn is None:
        raise CommandError("Say on or off", f"`centralita override {name} on`", ExitCode.USAGE)
    from centralita.control import TurnOverride

    if until and not _TIME.fullmatch(until):
        raise CommandError(f"{until!r} is no time of day", "Write 18:00", ExitCode.USAGE)
    request = TurnOverride(override=name, on=turn is Turn.ON, tenant=tenant, until_time=until)
    _direct(request, as_json=as_json, data=data)


def _list_overrides(tenant: str, *, as_json: bool, data: Path | None) -> None:
    with running_switch(load_settings(data)) as switch:
        found = switch.overrides(tenant)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ["tenant", "override", "code", "name", "state", "since", "until", "by"],
        [
            (
                one.tenant,
                one.override,
                one.code,
                one.name,
                "on" if one.on else "off",
                output.clock_time(one.since),
                output.clock_time(one.until),
                one.by,
            )
            for one in found
        ],
        empty="There is no override.",
    )


def _direct(request: DirectAgent | DirectCaller | TurnOverride, *, as_json: bool, data: Path | None) -> None:
    with running_switch(load_settings(data)) as switch:
        told = switch.direct(request)
    if as_json:
        output.print_json({"done": told})
    else:
        output.print_line(told)


# --- the log --------------------------------------------------------------------------------------------------------------


def queue_log(
    tenant: Tenant = "",
    since: Annotated[str, typer.Option(help="From this time on: 2h, today, 2026-11-23.")] = "today",
    until: Annotated[str, typer.Option(help="Before this time.", show_default=False)] = "",
    queue: Annotated[str, typer.Option("--queue", "-q", help="Only this queue.", show_default=False)] = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """What happened in queues and to agents, as lines of Asterisk's queue_log; with --json, as facts of ours."""
    from centralita.pbx.vocabulary import TenantId
    from centralita.store.queue_events import QueueEventStore

    now = datetime.now().astimezone()
    begin = parse_instant(since, now)
    end = parse_instant(until, now) if until else None
    with open_database(load_settings(data)) as database:
        facts = QueueEventStore(database).list(
            TenantId(tenant) if tenant else None, since=begin, until=end, queue=queue
        )
        # Agents log in to and out of several queues at once; a fact without any is of all of theirs.
        wanted = (fact for fact in facts if not queue or queue in (getattr(fact, "queues", ()) or (queue,)))
        if as_json:
            output.print_json(list(wanted))
            return
        from centralita.pbx.acd import queue_log as asterisk

        for fact in wanted:
            for line in asterisk.queue_log(fact):
                if not queue or line.split("|")[2] in (queue, asterisk.NONE):
                    output.print_line(output.printable(line))
