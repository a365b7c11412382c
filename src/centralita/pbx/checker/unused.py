"""What is configured and never used: numbers that lead nowhere, flows that no call enters, schedules that nobody asks."""

from __future__ import annotations

from centralita.pbx.checker import prompts
from centralita.pbx.checker.places import Place
from centralita.pbx.checker.work import Work
from centralita.pbx.model.flow import CallerNode, HolidayNode, HoursNode, MenuNode, OverrideNode

_MEND = "Use it, or take it out"


def check(work: Work) -> None:
    _numbers(work)
    for kind, table in (
        ("flow", work.snapshot.flows),
        ("queue", work.snapshot.queues),
        ("group", work.snapshot.groups),
    ):
        for ident in table:
            if Place(kind, ident) not in work.reached:
                message = "is not used: no number, extension or flow leads to it"
                work.hint(f"unused-{kind}", kind, ident, message, _MEND)
    asked = _asked(work)
    for kind, named, by in (
        ("schedule", work.snapshot.schedules, "no flow and no outbound route asks it"),
        ("calendar", work.snapshot.calendars, "no schedule and no flow asks it"),
        ("override", work.snapshot.overrides, "it forces no schedule, and no flow asks it"),
        ("contacts", work.snapshot.contacts, "no flow asks it"),
        ("menu", work.snapshot.menus, "no flow asks it"),
        ("prompt", work.snapshot.prompts, "nothing plays it"),
    ):
        for ident in named:
            if (kind, ident) not in asked:
                work.hint(f"unused-{kind}", kind, ident, f"is not used: {by}", _MEND)


def _numbers(work: Work) -> None:
    for number in work.snapshot.numbers.values():
        if number.destination == "hang-up":
            message = "leads nowhere: whoever calls it is hung up on"
            work.warn("number-leads-nowhere", "number", number.id, message, path=("destination",))
    if work.snapshot.numbers and not work.snapshot.trunks:
        for number in work.snapshot.numbers.values():
            message = "is reached by nobody outside: there is no trunk"
            work.warn("number-without-trunk", "number", number.id, message, "Add a trunk")


def _asked(work: Work) -> set[tuple[str, str]]:
    snapshot = work.snapshot
    asked: set[tuple[str, str]] = {("prompt", prompt) for prompt in prompts.used(work)}
    for flow in snapshot.flows.values():
        for node in flow.nodes.values():
            match node:
                case HoursNode():
                    asked.add(("schedule", node.schedule))
                case HolidayNode():
                    asked |= {("calendar", calendar) for calendar in node.calendars}
                case OverrideNode():
                    asked.add(("override", node.override))
                case MenuNode():
                    asked.add(("menu", node.menu))
                case CallerNode():
                    asked |= {("contacts", branch.contacts) for branch in node.branches if branch.contacts}
    asked |= {("schedule", route.schedule) for route in snapshot.outbound_routes.values() if route.schedule}
    asked |= {("override", override.id) for override in snapshot.overrides.values() if override.schedules}
    asked |= {("contacts", one.id) for one in snapshot.contacts.values() if one.purpose == "block"}
    for schedule in snapshot.schedules.values():
        asked |= {("calendar", calendar) for calendar in schedule.calendars}
    return asked
