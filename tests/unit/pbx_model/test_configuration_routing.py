"""The kinds that decide where calls go: every name must be that of something, and what is meant is told."""

from __future__ import annotations

import pytest

from support.written import problems_of

BASE = """
{kind: site, id: m}
---
{kind: user, id: ana, name: Ana, site: m, extension: "101"}
---
{kind: trunk, id: provider, host: sip.example}
---
{kind: number, id: main, number: "+34910000001", destination: "user:ana"}
---
{kind: schedule, id: office, weekly: {mon-fri: "09:00-14:00"}}
---
{kind: prompt, id: welcome, text: {es: Bienvenidos}}
---
{kind: menu, id: choose, prompt: welcome}
---
{kind: group, id: sales, members: [ana]}
---
{kind: queue, id: support, agents: [{user: ana}], exits: {"1": leave}}
---
"""


def problems(text: str) -> list[str]:
    """Without the file's name and line, which are tested elsewhere."""
    return [problem.split(": ", 1)[1] for problem in problems_of(BASE + text)]


def of_node(node: str, more: str = "") -> list[str]:
    return problems(f"kind: flow\nid: f\nstart: n\nnodes:\n  n: {node}\n  end: {{type: hang-up}}\n{more}")


def test_a_tenant_of_these_is_valid() -> None:
    assert problems("{kind: override, id: night, code: 1, schedules: [office]}") == []


REFERENCES = [
    ("{kind: calendar, id: c, site: n}", "calendar c: site: there is no site n"),
    ("{kind: calendar, id: c, region: ES-XX}", "calendar c: region: "),
    ("{kind: calendar, id: c, ics: nonsense}", "calendar c: ics: "),
    ("{kind: schedule, id: s, calendars: [holidays]}", "schedule s: calendars.0: there is no calendar holidays"),
    ("{kind: override, id: o, code: 1, schedules: [ofice]}", "override o: schedules.0: there is no schedule ofice; did you mean office?"),
    ("{kind: override, id: o, code: 1, users: [ana, ana]}", "override o: users: holds ana twice"),
    ("{kind: group, id: g, members: [ana, eva]}", "group g: members.1: there is no user eva"),
    ("{kind: group, id: g, members: [sales]}", "group g: members.0: there is no user sales; there is a group sales"),
    ("{kind: group, id: g, otherwise: 'queue:suport'}", "group g: otherwise: there is no queue suport; did you mean support?"),
    ("{kind: group, id: g, otherwise: 'group:g'}", "group g: otherwise: leads back to the group itself"),
    ("{kind: group, id: g, otherwise: 'extension:199'}", "group g: otherwise: nobody has the extension 199"),
    ("{kind: group, id: g, otherwise: 'extension:ana'}", "group g: otherwise: nobody has the extension ana; did you mean user:ana?"),
    ("{kind: group, id: g, otherwise: 'external:112'}", "group g: otherwise: 112 is an emergency number of ES"),
    ("{kind: group, id: g, otherwise: 'external:101'}", "group g: otherwise: 101 is no telephone number as dialled in ES; did you mean user:ana?"),
    ("{kind: queue, id: q, agents: [{user: eva}]}", "queue q: agents.0.user: there is no user eva"),
    ("{kind: queue, id: q, welcome: welcom}", "queue q: welcome: there is no prompt welcom; did you mean welcome?"),
    ("{kind: queue, id: q, report_to_agent: welcom}", "queue q: report_to_agent: there is no prompt welcom; did you mean welcome?"),
    ("{kind: queue, id: q, music: welcom}", "queue q: music: there is no prompt welcom; did you mean welcome?"),
    ("{kind: queue, id: q, periodic: {prompts: [x]}}", "queue q: periodic.prompts.0: there is no prompt x"),
    ("{kind: queue, id: q, overflow: {wait: {seconds: 60, to: 'voicemail:eva'}}}", "queue q: overflow.wait.to: there is no user eva"),
    ("{kind: queue, id: q, overflow: {size: {callers: 3, to: 'queue:q'}}}", "queue q: overflow.size.to: leads back to the queue itself"),
    ("{kind: menu, id: u, prompt: x}", "menu u: prompt: there is no prompt x"),
    ("{kind: prompt, id: p}", "prompt p: has neither a text nor a recording"),
    ("{kind: prompt, id: p, code: 1, users: [eva]}", "prompt p: users.0: there is no user eva"),
    ("{kind: site, id: n, music: welcom}", "site n: music: there is no prompt welcom; did you mean welcome?"),
    ("{kind: prompt, id: p, text: {es: ' '}}", "prompt p: text.es: must not be empty"),
    ("{kind: permission, id: p, users: [eva], groups: [sales], sites: [x]}", "permission p: users.0: there is no user eva"),
    ("{kind: permission, id: p, pin_for: [premium]}", "permission p: pin: is missing: pin_for asks for it"),
    ("{kind: permission, id: p, countries: [FR]}", "permission p: countries: are named, and international calls are not in allow"),
    ("{kind: permission, id: p, allow: [international], countries: [XX]}", "permission p: countries.0: XX is no country"),
    ("{kind: outbound-route, id: r, trunks: [provder]}", "outbound-route r: trunks.0: there is no trunk provder; did you mean provider?"),
    ("{kind: outbound-route, id: r, trunks: [provider], schedule: x}", "outbound-route r: schedule: there is no schedule x"),
    ("{kind: outbound-route, id: r, trunks: [provider], caller_number: '+34910000002'}", "outbound-route r: caller_number: +34910000002 is no number of this tenant (kind: number); did you mean +34910000001?"),
    ("{kind: outbound-route, id: r, trunks: [provider], patterns: ['91*']}", "outbound-route r: patterns.0: 91* must begin with + and the country"),
    ("{kind: test, id: t, from: 'user:eva', to: 101, at: 2026-11-28 20:00, expect: echo}", "test t: from: there is no user eva"),
    ("{kind: test, id: t, from: 'anonymous', to: 101, at: 2026-11-28 20:00, expect: 'queue:x'}", "test t: expect: there is no queue x"),
    ("{kind: test, id: t, from: 'anonymous', to: 101, at: 2026-11-28 20:00, expect: echo, overrides: [x]}", "test t: overrides.0: there is no override x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), REFERENCES)
def test_every_name_must_be_of_something(text: str, problem: str) -> None:
    found = problems(text)
    assert found
    assert found[0].startswith(problem), found


NODES = [
    ("{type: hours, schedule: ofice}", "n.schedule: there is no schedule ofice; did you mean office?"),
    ("{type: holiday, calendars: [c]}", "n.calendars.0: there is no calendar c"),
    ("{type: override, override: o}", "n.override: there is no override o"),
    ("{type: geography, branches: [{in: [ES-XX, ES-CT, ES-CT], to: end}]}", "n.branches.0.in.0: ES-XX is no country or region"),
    ("{type: caller, branches: [{contacts: vips, to: end}]}", "n.branches.0.contacts: there is no contacts vips"),
    ("{type: share, targets: [{to: ned}]}", "n.targets.0.to: there is no node ned; did you mean end?"),
    ("{type: menu, menu: choos}", "n.menu: there is no menu choos; did you mean choose?"),
    ("{type: announce, prompt: x}", "n.prompt: there is no prompt x"),
    ("{type: collect, prompt: welcome, variable: v, min_digits: 5, max_digits: 4}", "n.min_digits: must not be more than max_digits, 4"),
    ("{type: ring, targets: ['user:eva']}", "n.targets.0: there is no user eva"),
    ("{type: ring, targets: ['user:ana', 'user:ana']}", "n.targets: holds user:ana twice"),
    ("{type: queue, queue: suport}", "n.queue: there is no queue suport; did you mean support?"),
    ("{type: queue, queue: support, exits: {leav: end}}", "n.exits.leav: queue support has no exit leav; did you mean leave?"),
    ("{type: voicemail, user: eva}", "n.user: there is no user eva"),
    ("{type: callback, queue: x}", "n.queue: there is no queue x"),
    ("{type: external, number: 112}", "n.number: 112 is an emergency number of ES"),
    ("{type: external, number: '+34600000000', caller_number: '+34900000000'}", "n.caller_number: +34900000000 is no number of this tenant"),
    ("{type: flow, flow: g}", "n.flow: there is no flow g"),
    ("{type: flow, flow: f}", "n.flow: the flows call each other in a circle: f → f"),
    ("{type: hang-up, prompt: x}", "n.prompt: there is no prompt x"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "problem"), NODES)
def test_every_name_in_a_node_must_be_of_something(node: str, problem: str) -> None:
    found = of_node(node)
    assert found
    assert found[0].startswith(f"flow f: nodes.{problem}"), found


def test_the_start_and_every_way_must_be_a_node() -> None:
    text = "kind: flow\nid: f\nstart: mneu\nnodes:\n  menu: {type: hours, schedule: office, open: mnu, closed: night}\n"
    assert problems(text) == [
        "flow f: start: there is no node mneu; did you mean menu?",
        "flow f: nodes.menu.open: there is no node mnu; did you mean menu?",
        "flow f: nodes.menu.closed: there is no node night",
    ]


def test_flows_that_call_each_other() -> None:
    def flow(ident: str, calls: str) -> str:
        return f"kind: flow\nid: {ident}\nstart: n\nnodes: {{n: {{type: flow, flow: {calls}}}}}\n---\n"

    assert problems(flow("a", "b") + flow("b", "c") + flow("c", "b") + flow("d", "a")) == [
        "flow c: nodes.n.flow: the flows call each other in a circle: b → c → b"
    ]


def test_people_may_forward_to_a_group() -> None:
    text = """
{kind: group, id: g, extension: 300}
---
{kind: user, id: luis, name: Luis, site: m, extension: 102, personal: {forward_busy: 300, forward_no_answer: 301}}
"""
    assert problems(text) == [
        "user luis: personal.forward_no_answer: 301 is no extension of this tenant, and no telephone number as dialled in ES"
    ]


def test_extensions_are_one_of_a_kind_over_all_that_can_be_dialled() -> None:
    text = """
{kind: group, id: g, extension: 101}
---
{kind: queue, id: q, extension: 300}
---
{kind: flow, id: f, extension: 300, start: n, nodes: {n: {type: hang-up}}}
---
{kind: group, id: h, extension: 112}
"""
    found = problems_of(BASE + text)
    assert [problem.split(": ", 1)[1].split(" (")[0] for problem in found] == [
        "group g: extension: 101 is already taken by user ana",
        "group h: extension: 112 collides with the emergency number 112 of ES",
        "flow f: extension: 300 is already taken by queue q",
    ]


def test_codes_of_overrides_are_one_of_a_kind() -> None:
    found = problems("{kind: override, id: a, code: 1}\n---\n{kind: override, id: b, code: 1}")
    assert [problem.split(" (")[0] for problem in found] == [
        "override b: code: 1 is already taken by override a"
    ]


def test_codes_of_prompts_are_one_of_a_kind() -> None:
    """And a prompt that can be recorded by telephone needs nothing to say yet."""
    text = "{kind: prompt, id: a, code: 1}\n---\n{kind: prompt, id: b, code: 1}\n---\n{kind: override, id: o, code: 1}"
    found = problems(text)
    assert [problem.split(" (")[0] for problem in found] == ["prompt b: code: 1 is already taken by prompt a"]


def test_a_node_that_is_passed_in_a_test_must_exist() -> None:
    text = "{kind: flow, id: f, start: menu, nodes: {menu: {type: hang-up}}}\n---\n"
    test = "{kind: test, id: t, from: anonymous, to: 101, at: 2026-11-28 20:00, expect: hang-up, through: [f/meun, g/x]}"
    assert problems(text + test) == [
        "test t: through.0: flow f has no node meun; did you mean menu?",
        "test t: through.1: there is no flow g",
    ]


WRITTEN = [
    ("{type: hour, schedule: office}", "n.type: 'hour' is not known; did you mean hours?"),
    ("{type: xyz}", "n.type: 'xyz' is not known; there are hours, holiday,"),
    ("{schedule: office}", "n.type: is missing: it says what this is"),
    ("{type: hours, shedule: office}", "n.schedule: is missing"),
    ("{type: hours, schedule: office, opened: end}", "n.opened: is not a field here; did you mean open?"),
    ("{type: geography, branches: [{in: [Spain]}]}", "n.branches.0.in.0: must be a country, a region, or EU"),
    ("{type: geography, branches: [{on: [ES]}]}", "n.branches.0.in: is missing"),
    ("{type: ring, targets: [ana]}", "n.targets.0: must be user:ID, group:ID or external:NUMBER"),
    ("{type: ring, targets: ['user:ana'], strategy: roundrobin}", "n.strategy: must be 'all', 'linear'"),
    ("{type: ring, targets: ['user:ana'], seconds: long}", "n.seconds: must be a whole number"),
    ("{type: ring, targets: 'user:ana'}", "n.targets: must be a list"),
    ("{type: menu, menu: choose, choices: {one: end}}", "n.choices.one: must be what a caller presses"),
    ("{type: menu, menu: choose, choices: [end]}", "n.choices: must hold names with a value for each"),
    ("{type: lookup, url: crm}", "n.url: must be an address that begins with https://"),
    ("{type: collect, prompt: welcome, variable: 9, seconds: x}", "n.variable: must be a word"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "problem"), WRITTEN)
def test_what_is_written_wrong_in_a_node_is_told_where_it_is(node: str, problem: str) -> None:
    found = of_node(node)
    assert found
    assert found[0].startswith(f"flow f: nodes.{problem}"), found


def test_a_list_whose_one_item_is_wrong_is_not_also_called_empty() -> None:
    assert problems("{kind: outbound-route, id: r, trunks: [{trunk: provider, cost: cheap}]}") == [
        "outbound-route r: trunks.0.cost: must be a number"
    ]


def test_the_line_of_a_node_s_field_is_told() -> None:
    text = "{kind: site, id: m}\n---\nkind: flow\nid: f\nstart: n\nnodes:\n  n:\n    type: hours\n    schedule: office\n    open: end\n"
    assert problems_of(text) == [
        "a.yaml:10: flow f: nodes.n.open: there is no node end",
        "a.yaml:9: flow f: nodes.n.schedule: there is no schedule office",
    ]


OTHERS = [
    ("{kind: schedule, id: s, weekly: {someday: 09:00-10:00}}", "schedule s: weekly: 'someday' is no day"),
    ("{kind: schedule, id: s, weekly: {mon: 9-10}}", "schedule s: weekly.mon.0: '9-10' must be like 09:00-14:00"),
    ("{kind: schedule, id: s, exceptions: [{dat: 12-24}]}", "schedule s: exceptions.0.dat: is not a field here; did you mean date?"),
    ("{kind: outbound-route, id: r, trunks: [{trunk: provider, cost: cheap}]}", "outbound-route r: trunks.0.cost: must be a number"),
    ("{kind: outbound-route, id: r, trunks: [{trunk: provider, cost: 0.0000001}]}", "outbound-route r: trunks.0.cost: must have at most 6 decimals"),
    ("{kind: test, id: t, from: anonymous, to: 101, at: soon, expect: echo}", "test t: at: must be a date and time"),
    ("{kind: test, id: t, from: anonymous, to: 101, at: 2026-11-28, expect: echo, answer: {ana: yes}}", "test t: answer.ana: must be answered, no-answer"),
    ("{kind: prompt, id: p, text: {fr: Bonjour}}", "prompt p: text.fr: must be es or en"),
    ("{kind: contacts, id: c, numbers: {x: y}}", "contacts c: numbers.x: 'x' must be a number like"),
    ("{kind: queue, id: q, agents: [{user: ana, skils: {}}]}", "queue q: agents.0.skils: is not a field here; did you mean skills?"),
    ("{kind: queue, id: q, overflow: {waits: {}}}", "queue q: overflow.waits: is not a field here; did you mean wait?"),
    ("{kind: queue, id: q, overflow: {wait: {to: ''}}}", "queue q: overflow.wait.seconds: is missing"),
    ("{kind: override, id: o, code: abc}", "override o: code: must be 1 to 3 digits"),
    ("{kind: tenant, id: acme, changes: drafts}", "tenant acme: changes: must be 'publish' or 'draft'; did you mean draft?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), OTHERS)
def test_what_is_written_wrong_elsewhere(text: str, problem: str) -> None:
    found = problems(text)
    assert found
    assert found[0].startswith(problem), found
