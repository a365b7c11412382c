"""The rules that need more than one change of a good tenant: calendars, registrations, routes, permissions, circles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from centralita.pbx.checker import Finding, check
from centralita.pbx.checker.gate import examine
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.tenant import Tenant
from support.written import snapshot_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OFFICE = """
{kind: site, id: m, number: "+34910000001", location: Calle Mayor 1}
---
{kind: user, id: ana, name: Ana, site: m, extension: "101"}
---
{kind: device, id: ana, user: ana}
---
{kind: user, id: luis, name: Luis, site: m, extension: "102"}
---
{kind: device, id: luis, user: luis}
---
{kind: trunk, id: a, host: a.example}
---
{kind: trunk, id: b, host: b.example}
---
{kind: number, id: main, number: "+34910000001", destination: "user:ana"}
---
"""


def findings(text: str, **options: object) -> list[Finding]:
    return check(snapshot_of(OFFICE + text), NOW, **options)  # type: ignore[arg-type]  # a test passes what it names


def told(text: str, **options: object) -> list[str]:
    return [
        f"{one.severity.value} {one.rule} {one.kind} {one.id} {one.field}".strip()
        for one in findings(text, **options)
        if not one.rule.startswith("unused-")
    ]


def test_nothing_is_found_to_begin_with() -> None:
    assert told("") == []


# --- calendars ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        ("country: ES, region: CT", []),
        ("days: [{date: 12-24}]", []),
        ("days: [{date: 2027-12-24}]", []),
        ("days: [{date: 2026-12-24}]", ["warning calendar-runs-out calendar c"]),
        ("days: [{date: 2026-11-01}]", ["warning calendar-over calendar c"]),
        ("name: Nothing", ["warning calendar-empty calendar c"]),
        ("url: 'https://town.example/x.ics'", ["warning calendar calendar c"]),
    ],
)
def test_calendars_that_end(calendar: str, expected: list[str]) -> None:
    assert told(f"{{kind: calendar, id: c, {calendar}}}") == expected


def test_a_calendar_that_was_fetched_and_is_none() -> None:
    text = OFFICE + "{kind: calendar, id: c, url: 'https://town.example/x.ics', days: [{date: 12-24}]}"
    found = check(snapshot_of(text, feeds={"c": "please log in"}), NOW)
    assert [(one.rule, one.field) for one in found if one.kind == "calendar"] == [
        ("feed-unreadable", "url"), ("unused-calendar", ""),
    ]  # fmt: skip


def test_exceptions_that_are_over_are_only_a_hint() -> None:
    text = "{kind: schedule, id: s, weekly: {mon: 09:00-10:00}, exceptions: [{date: 2026-01-07, spans: 10:00-11:00}]}"
    assert told(text) == ["hint hours schedule s exceptions.0"]


# --- registrations -----------------------------------------------------------------------------------------------------


def test_telephones_that_were_not_seen() -> None:
    now = NOW.timestamp()
    assert told("", registered={"ana": now}) == []
    assert told("", registered={"ana": now - 20 * 86_400}) == []
    (finding,) = findings("", registered={"ana": now - 40 * 86_400})
    assert (finding.rule, finding.id) == ("not-registered", "ana")
    assert (
        "last seen with a telephone on 2026-10-14, 40 days ago, and calls are sent there by number main"
        in finding.message
    )
    assert told("", registered={"ana": now - 40 * 86_400}, stale_days=50) == []
    assert told("", registered={}) == ["warning never-registered user ana"], "luis is called by nobody"


# --- the way out -------------------------------------------------------------------------------------------------------


ROUTES = [
    ("{kind: outbound-route, id: x, trunks: [a]}", []),
    ("{kind: outbound-route, id: x, order: 1, trunks: [a]}\n---\n{kind: outbound-route, id: y, patterns: ['+34*'], trunks: [b]}", ["warning route-shadowed outbound-route y"]),
    ("{kind: outbound-route, id: x, order: 1, patterns: ['+34*'], trunks: [a]}\n---\n{kind: outbound-route, id: y, patterns: ['+3491*'], trunks: [b]}", [
        "warning route-shadowed outbound-route y", "hint no-default-route outbound-route y",
    ]),
    ("{kind: outbound-route, id: x, order: 1, users: [ana], trunks: [a]}\n---\n{kind: outbound-route, id: y, trunks: [b]}", []),
    ("{kind: outbound-route, id: x, order: 1, classes: [mobile], trunks: [a]}\n---\n{kind: outbound-route, id: y, trunks: [b]}", []),
    ("{kind: schedule, id: s}\n---\n{kind: outbound-route, id: x, schedule: s, trunks: [a]}\n---\n{kind: outbound-route, id: y, trunks: [a]}", [
        "warning hours schedule s weekly", "warning route-never-matches outbound-route x",
    ]),
    ("{kind: outbound-route, id: x, trunks: [{trunk: a, cost: 2}], max_cost: 1}\n---\n{kind: outbound-route, id: y, trunks: [a]}", ["warning route-never-matches outbound-route x"]),
    ("{kind: group, id: g}\n---\n{kind: outbound-route, id: x, groups: [g], trunks: [a]}\n---\n{kind: outbound-route, id: y, trunks: [a]}", [
        "warning route-never-matches outbound-route x", "hint empty-group group g members",
    ]),
    ("{kind: outbound-route, id: x, emergency: yes, users: [ana], trunks: [a]}", ["error emergency-unreachable site m"]),
    ("{kind: outbound-route, id: x, emergency: yes, sites: [m], trunks: [a]}", []),
    ("{kind: schedule, id: s, weekly: {mon: 09:00-10:00}}\n---\n{kind: outbound-route, id: x, emergency: yes, schedule: s, trunks: [a]}", [
        "error emergency-hours outbound-route x schedule",
    ]),
    ("{kind: permission, id: p}", []),
    ("{kind: permission, id: p, users: [ana, luis]}\n---\n{kind: permission, id: q}", ["warning permission-never-applies permission q"]),
    ("{kind: permission, id: p, users: [ana]}\n---\n{kind: permission, id: q}", []),
    ("{kind: permission, id: p}\n---\n{kind: permission, id: q}", ["warning permission-never-applies permission q"]),
    ("{kind: permission, id: p, pin: 1234, pin_for: [mobile, premium]}", ["hint permission-pin permission p pin_for"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROUTES)
def test_routes_and_permissions(text: str, expected: list[str]) -> None:
    assert sorted(told(text)) == sorted(expected)


# --- circles and ends --------------------------------------------------------------------------------------------------

SCHEDULE = "{kind: schedule, id: s, weekly: {mon: 09:00-10:00}}\n---\n"
PROMPT = "{kind: prompt, id: p, text: {es: Hola}}\n---\n{kind: menu, id: u, prompt: p}\n---\n"


def of_flow(nodes: str, more: str = "") -> list[str]:
    start = nodes.split(":", 1)[0].strip()
    return told(f"{SCHEDULE}{PROMPT}{more}kind: flow\nid: f\nextension: 500\nstart: {start}\nnodes:\n{nodes}")


CIRCLES = [
    (" a: {type: hours, schedule: s, open: b, closed: b}\n b: {type: set, next: a}", ["error endless-circle flow f nodes.a"]),
    (" a: {type: menu, menu: u, choices: {1: a}, otherwise: a}", ["error no-way-out flow f nodes.a"]),
    (" a: {type: announce, prompt: p, next: a}", ["error no-way-out flow f nodes.a"]),
    (" a: {type: menu, menu: u, choices: {1: b}, otherwise: a}\n b: {type: hang-up}", ["warning patient-circle flow f nodes.a"]),
    (" a: {type: menu, menu: u, choices: {1: a, 2: b}, otherwise: b}\n b: {type: hang-up}", []),
    (" a: {type: ring, targets: ['user:ana'], no_answer: a}", ["warning patient-circle flow f nodes.a"]),
    (" a: {type: ring, targets: ['user:ana'], no_answer: b, unreachable: a}\n b: {type: hang-up}", ["error endless-circle flow f nodes.a"]),
    (
        " a: {type: caller, branches: [{tag: again, to: b}], otherwise: c}\n c: {type: set, tag: again, next: a}\n b: {type: hang-up}",
        ["warning patient-circle flow f nodes.a"],
    ),
    (" a: {type: hours, schedule: s, open: b, closed: b}\n b: {type: voicemail, user: ana}", []),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "expected"), CIRCLES)
def test_circles(nodes: str, expected: list[str]) -> None:
    assert of_flow(nodes) == expected


def test_a_circle_of_queues_that_nobody_serves() -> None:
    text = """
{kind: queue, id: q, extension: "400", agents: [{user: ana}], overflow: {no_agents: {to: "queue:r"}}}
---
{kind: queue, id: r, agents: [{user: luis}], overflow: {no_agents: {to: "queue:q"}}}
"""
    (finding,) = findings(text)
    assert (finding.severity.value, finding.rule) == ("error", "endless-circle")
    assert finding.message.endswith("queue q → queue r → queue q")


SUB = """kind: flow
id: sub
start: a
nodes: {a: {type: hours, schedule: s, open: b}, b: {type: announce, prompt: p}}
---
"""


def test_a_sub_flow_may_come_to_its_end_and_whoever_calls_it_says_what_then() -> None:
    assert of_flow(" a: {type: flow, flow: sub, next: b}\n b: {type: hang-up}", SUB) == []
    assert of_flow(" a: {type: flow, flow: sub}", SUB) == ["warning leads-nowhere flow f nodes.a.next"]


def test_what_comes_after_a_sub_flow_that_never_goes_back_is_not_reached() -> None:
    rests = "{kind: flow, id: sub, start: a, nodes: {a: {type: voicemail, user: ana}}}\n---\n"
    assert of_flow(" a: {type: flow, flow: sub, next: b}\n b: {type: hang-up}", rests) == [
        "warning unreachable-node flow f nodes.b"
    ]
    assert of_flow(" a: {type: flow, flow: sub}", rests) == []


def test_exits_of_a_queue_that_the_flow_does_not_know() -> None:
    queue = "{kind: queue, id: q, agents: [{user: ana}], max_wait_seconds: 60, exits: {'1': out}}\n---\n"
    assert of_flow(" a: {type: queue, queue: q}", queue) == [
        "error choice-without-target flow f nodes.a.exits",
        "warning leads-nowhere flow f nodes.a.otherwise",
    ]
    assert of_flow(" a: {type: queue, queue: q, otherwise: b}\n b: {type: hang-up}", queue) == []


def test_a_queue_that_only_lets_callers_wait() -> None:
    assert told("{kind: queue, id: q, extension: '400', agents: [{user: ana}]}") == [
        "warning endless-wait queue q"
    ]


def test_an_overflow_to_nobody_where_no_flow_says_more() -> None:
    queue = "{{kind: queue, id: q, extension: '400', agents: [{{user: ana}}], overflow: {{wait: {{seconds: 60{to}}}}}}}"
    assert told(queue.format(to="")) == ["warning overflow-to-nobody queue q overflow.wait.to"]
    assert told(queue.format(to=", to: 'voicemail:ana'")) == []


def test_skills_that_nobody_has() -> None:
    queue = "{kind: queue, id: q, agents: [{user: ana, skills: {english: 5}}], skills: {german: 1}, max_wait_seconds: 60}\n---\n"
    assert of_flow(
        " a: {type: set, skills: {english: 3, french: 1}, next: b}\n b: {type: queue, queue: q, otherwise: c}\n c: {type: hang-up}",
        queue,
    ) == ["warning unknown-skill queue q skills.german", "warning unknown-skill flow f nodes.a.skills.french"]


def test_choices_of_which_one_is_the_beginning_of_another() -> None:
    menu = "{kind: menu, id: long, prompt: p, digits: 2}\n---\n"
    assert of_flow(
        " a: {type: menu, menu: long, choices: {1: b, 12: b, 3: b}, otherwise: b}\n b: {type: hang-up}", menu
    ) == ["hint ambiguous-choice flow f nodes.a.choices.1"]


def test_a_language_that_callers_choose_and_that_has_no_words() -> None:
    nodes = " a: {type: menu, menu: u, choices: {1: b}, languages: {1: en}, otherwise: b}\n b: {type: announce, prompt: p, next: c}\n c: {type: hang-up}"
    assert of_flow(nodes) == ["warning prompt-language prompt p"]


def test_a_prompt_that_says_nothing() -> None:
    snapshot = snapshot_of(OFFICE)
    kinds = [item for table in (snapshot.sites, snapshot.users, snapshot.devices) for item in table.values()]
    mute = Snapshot(snapshot.tenant, 1, [*kinds, Prompt(id="p")], {})  # type: ignore[list-item]  # of several kinds
    assert "mute-prompt" in {one.rule for one in check(mute, NOW)}
    assert Tenant not in {type(item) for item in kinds}


def test_a_prompt_that_is_still_to_be_recorded_does_not_keep_the_rest_from_being_published() -> None:
    flow = "{kind: flow, id: f, extension: '300', start: a, nodes: {a: {type: announce, prompt: q, next: b}, b: {type: hang-up}}}"
    assert told(f"{{kind: prompt, id: q, code: 1}}\n---\n{flow}") == ["warning mute-prompt prompt q"]


def test_a_team_nobody_of_which_has_a_telephone() -> None:
    text = "{kind: user, id: eva, name: Eva, site: m, extension: '103'}\n---\n{kind: group, id: g, extension: '300', members: [eva]}"
    assert told(text) == ["warning user-without-device user eva", "warning mute-group group g members"]


def test_an_empty_group_that_calls_go_to_is_an_error() -> None:
    assert told("{kind: group, id: g, extension: '300'}") == ["error empty-group group g members"]
    assert told("{kind: group, id: g, extension: '300', otherwise: 'voicemail:ana'}") == [
        "warning empty-group group g members"
    ]


# --- the gate ----------------------------------------------------------------------------------------------------------

TEST = (
    "{kind: test, id: t, from: '+34600000000', to: '+34910000001', at: 2026-11-28 20:00, expect: 'user:luis'}"
)


def test_a_broken_test_refuses_with_the_difference() -> None:
    verdict = examine(snapshot_of(OFFICE + TEST), NOW)
    (refusal,) = verdict.refusals
    assert (refusal.kind, refusal.id) == ("test", "t")
    assert "expected user:luis, got user:ana" in refusal.message
    assert examine(snapshot_of(OFFICE + TEST), NOW, skip_tests=True).refusals == ()
    assert examine(snapshot_of(OFFICE + TEST.replace("luis", "ana")), NOW).refusals == ()


def test_an_error_refuses_with_its_place_and_its_mend() -> None:
    snapshot = snapshot_of(OFFICE + "{kind: group, id: g, extension: '300'}")
    (refusal,) = examine(snapshot, NOW, where=lambda kind, ident, path: f"a.yaml:{len(path)}").refusals
    assert str(refusal) == (
        "a.yaml:1: group g: members: is empty: nobody rings, and calls go there. Name members, or take it out"
    )
