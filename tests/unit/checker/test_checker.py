"""What callers would run into is found before they do: each fault in an otherwise good tenant, and nothing besides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from centralita.pbx.checker import Finding, check
from support.written import snapshot_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

GOOD = """
kind: site
id: madrid
number: "+34910000001"
location: Calle Mayor 1, 28013 Madrid
---
{kind: user, id: ana, name: Ana, site: madrid, extension: "101"}
---
{kind: device, id: ana, user: ana}
---
{kind: user, id: luis, name: Luis, site: madrid, extension: "102"}
---
{kind: device, id: luis, user: luis}
---
{kind: trunk, id: provider, host: sip.example}
---
{kind: number, id: main, number: "+34910000001", destination: "flow:main"}
---
kind: schedule
id: office
weekly: {mon-fri: "09:00-14:00, 16:00-19:00"}
---
{kind: prompt, id: welcome, text: {es: Bienvenidos}}
---
{kind: menu, id: main, prompt: welcome}
---
{kind: group, id: sales, members: [ana, luis]}
---
kind: queue
id: support
agents: [{user: ana}, {user: luis}]
max_wait_seconds: 600
---
kind: flow
id: main
start: hours
nodes:
  hours: {type: hours, schedule: office, open: menu, closed: mailbox}
  menu: {type: menu, menu: main, choices: {1: sales, 2: queue}, otherwise: sales}
  sales: {type: ring, targets: ["group:sales"], no_answer: mailbox}
  queue: {type: queue, queue: support, otherwise: mailbox}
  mailbox: {type: voicemail, user: ana}
"""


def found(text: str, **options: object) -> list[Finding]:
    return check(snapshot_of(text), NOW, **options)  # type: ignore[arg-type]  # a test passes what it names


def told(text: str, **options: object) -> list[str]:
    return [
        f"{one.severity.value} {one.rule} {one.kind} {one.id} {one.field}".strip()
        for one in found(text, **options)
    ]


def changed(before: str, after: str) -> str:
    assert GOOD.count(before) == 1, before
    return GOOD.replace(before, after)


def test_nothing_is_found_in_a_good_tenant() -> None:
    assert told(GOOD) == []


FAULTS = [
    # flows
    (("  mailbox: {", "  lonely: {type: voicemail, user: ana}\n  mailbox: {"), ["warning unreachable-node flow main nodes.lonely"]),
    ((", closed: mailbox", ""), ["error falls-off-closed flow main nodes.hours.closed"]),
    (("open: menu, ", ""), [
        "error falls-off-open flow main nodes.hours.open",
        "warning unreachable-node flow main nodes.menu",
        "warning unreachable-node flow main nodes.queue",
        "warning unreachable-node flow main nodes.sales",
        "hint unused-group group sales",
        "hint unused-queue queue support",
    ]),
    ((", otherwise: sales", ""), ["warning leads-nowhere flow main nodes.menu.otherwise"]),
    ((", no_answer: mailbox", ""), ["warning leads-nowhere flow main nodes.sales.no_answer"]),
    (("queue: support, otherwise: mailbox", "queue: support"), ["warning leads-nowhere flow main nodes.queue.otherwise"]),
    (("choices: {1: sales, 2: queue}", "choices: {}"), [
        "error menu-without-choices flow main nodes.menu.choices",
        "warning unreachable-node flow main nodes.queue",
        "hint unused-queue queue support",
    ]),
    (("closed: mailbox", "closed: hours"), ["error endless-circle flow main nodes.hours"]),
    (("no_answer: mailbox", "no_answer: menu"), ["warning patient-circle flow main nodes.menu"]),
    (("max_wait_seconds: 600", 'max_wait_seconds: 600\nexits: {"1": leave}'), []),
    (("queue: support, otherwise: mailbox}", "queue: support}\n  x: {type: hang-up}"), [
        "warning leads-nowhere flow main nodes.queue.otherwise", "warning unreachable-node flow main nodes.x",
    ]),
    # people
    (("members: [ana, luis]", "members: []"), ["warning empty-group group sales members"]),
    (("agents: [{user: ana}, {user: luis}]", ""), ["warning empty-queue queue support agents"]),
    (("max_wait_seconds: 600", ""), ["warning endless-wait queue support"]),
    (("{kind: device, id: ana, user: ana}", "{kind: device, id: ana, user: luis}"), ["warning user-without-device user ana"]),
    (("extension: \"101\"}", "extension: \"101\", personal: {voicemail: {enabled: no}}}"), ["error voicemail-off flow main nodes.mailbox.user"]),
    # hours
    (("09:00-14:00, 16:00-19:00", "09:00-14:00, 13:00-19:00"), ["warning hours schedule office weekly.mon-fri"]),
    (("09:00-14:00, 16:00-19:00", "09:00-14:00, 14:01-19:00"), ["warning hours schedule office weekly.mon-fri"]),
    (('{mon-fri: "09:00-14:00, 16:00-19:00"}', '{sun: "02:30-08:00"}'), ["warning dst-trap schedule office"]),
    (('weekly: {mon-fri: "09:00-14:00, 16:00-19:00"}', "weekly: {}"), ["warning hours schedule office weekly"]),
    # prompts
    (("text: {es: Bienvenidos}", "text: {en: Welcome}"), ["warning prompt-language prompt welcome"]),
    # the way out
    (("\nlocation: Calle Mayor 1, 28013 Madrid", ""), ["warning emergency-location site madrid location"]),
    (('number: "+34910000001"\nlocation', "location"), ["warning emergency-callback site madrid emergency_callback"]),
    (('number: "+34910000001"\nlocation', 'number: "+34910000009"\nlocation'), ["warning foreign-number site madrid number"]),
    (("{kind: trunk, id: provider, host: sip.example}\n---\n", ""), [
        "warning emergency-unreachable site madrid", "warning number-without-trunk number main",
    ]),
    (('destination: "flow:main"', "destination: hang-up"), [
        "warning number-leads-nowhere number main destination",
        "hint unused-group group sales", "hint unused-queue queue support", "hint unused-flow flow main",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), FAULTS)
def test_each_fault_is_found(change: tuple[str, str], expected: list[str]) -> None:
    text = changed(*change)
    assert sorted(set(told(text))) == sorted(expected)


@pytest.mark.parametrize(
    ("reason", "needed"),
    [
        ("no-agents", "overflow: {no_agents: {}}"),
        ("size", "max_waiting: 5"),
        ("estimated-wait", "overflow: {estimated_wait: {seconds: 90}}"),
        ("callback", 'callback: {digit: "5"}'),
    ],
)
def test_an_exit_that_no_caller_takes(reason: str, needed: str) -> None:
    text = changed("queue: support, otherwise", f"queue: support, exits: {{{reason}: sales}}, otherwise")
    assert told(text) == [f"warning exit-never-taken flow main nodes.queue.exits.{reason}"]
    assert told(text.replace("max_wait_seconds: 600", f"max_wait_seconds: 600\n{needed}")) == []
    assert told(text.replace(f"{reason}: sales", "wait: sales")) == []
