"""Who can reach somebody: every way, with its conditions, as people read it."""

from __future__ import annotations

import pytest

from centralita.pbx.checker.reaching import MAX_WAYS, UnknownTarget, find_target, reach
from support.written import snapshot_of

OFFICE = """
{kind: site, id: m}
---
{kind: user, id: ana, name: Ana, site: m, extension: "101"}
---
{kind: device, id: ana, user: ana}
---
{kind: user, id: luis, name: Luis, site: m, extension: "102", personal: {forward_no_answer: "101", voicemail: {enabled: no}}}
---
{kind: trunk, id: provider, host: sip.example}
---
{kind: number, id: main, number: "+34910000001", destination: "flow:main", trunk: provider}
---
{kind: number, id: luis, number: "+34910000002", destination: "user:luis"}
---
{kind: calendar, id: spain, country: ES}
---
{kind: schedule, id: office, weekly: {mon-fri: "09:00-14:00, 16:00-19:00", sat: "00:00-24:00"}, calendars: [spain]}
---
{kind: override, id: night, code: 1}
---
{kind: contacts, id: vips, purpose: vip, name: Best customers}
---
{kind: prompt, id: welcome, text: {es: Bienvenidos}}
---
{kind: menu, id: choose, prompt: welcome}
---
{kind: group, id: sales, extension: "300", members: [ana], otherwise: "queue:support"}
---
{kind: queue, id: support, agents: [{user: luis}], exits: {"9": out}, overflow: {no_agents: {to: "voicemail:ana"}}}
---
kind: flow
id: main
start: night
nodes:
  night: {type: override, override: night, on: bye, off: hours}
  hours: {type: hours, schedule: office, open: who, closed: sub}
  who: {type: caller, branches: [{contacts: vips, to: ring}, {anonymous: yes, to: bye}], otherwise: menu}
  menu: {type: menu, menu: choose, choices: {1: ring, 2: queue}, otherwise: queue}
  ring: {type: ring, targets: ["group:sales"], no_answer: queue}
  queue: {type: queue, queue: support, exits: {out: bye}, otherwise: bye}
  sub: {type: flow, flow: closed, next: bye}
  bye: {type: hang-up}
---
kind: flow
id: closed
start: where
nodes:
  where: {type: geography, branches: [{in: [ES-CT, FR], to: box}], unknown: back, otherwise: back}
  box: {type: voicemail, user: ana}
  back: {type: announce, prompt: welcome}
"""

OPEN = "hours office open (Mon-Fri 09:00-14:00, 16:00-19:00; Sat all day; not on holidays)"
IN = f"+34910000001 (from trunk provider) → flow main → override night off (*281) → {OPEN}"


def ways(text: str, target: str) -> list[str]:
    snapshot = snapshot_of(text)
    return [str(way) for way in reach(snapshot, find_target(snapshot, target)).ways]


def test_a_group_by_all_ways() -> None:
    assert ways(OFFICE, "group:sales") == [
        f"{IN} → caller is on the list Best customers → group sales",
        f"{IN} → any other caller → menu choose press 1 → group sales",
        "300 from inside → group sales",
    ]


def test_a_user_rung_as_member_agent_by_number_and_by_forwarding() -> None:
    found = ways(OFFICE, "101")
    assert f"{IN} → caller is on the list Best customers → group sales → user ana" in found
    assert "+34910000002 → user luis → no answer → user ana" in found
    assert "101 from inside → user ana" in found
    assert "102 from inside → user luis → no answer → user ana" in found
    assert not any("queue support → user luis" in way for way in found), (
        "an agent's own forwarding is not used for a queue's call"
    )


def test_a_voicemail_by_a_sub_flow_and_an_overflow() -> None:
    found = ways(OFFICE, "voicemail:ana")
    night = "+34910000001 (from trunk provider) → flow main → override night off (*281) → hours office closed"
    assert f"{night} → flow closed → caller from ES-CT, FR → voicemail ana" in found
    assert (
        "300 from inside → group sales → nobody answers → queue support → no agent there → voicemail ana"
        in found
    )


def test_a_node() -> None:
    assert ways(OFFICE, "closed/box") == [
        "+34910000001 (from trunk provider) → flow main → override night off (*281) → hours office closed → flow closed"
        " → caller from ES-CT, FR → closed/box"
    ]


def test_menus_that_take_extensions_lead_to_everybody_who_has_one() -> None:
    text = OFFICE.replace(
        "prompt: welcome}\n---\n{kind: group", "prompt: welcome, dial_extensions: yes}\n---\n{kind: group"
    )
    assert f"{IN} → any other caller → menu choose dial 101 → user ana" in ways(text, "101")
    assert not any("dial 101" in way for way in ways(OFFICE, "101"))


def test_remarks_say_what_else_decides() -> None:
    snapshot = snapshot_of(
        OFFICE.replace("{forward_no_answer", "{do_not_disturb: yes, forward_always: '101', forward_no_answer")
    )
    found = reach(snapshot, find_target(snapshot, "user:luis"))
    assert len(found.remarks) == 3
    assert "forwards every call to 101" in found.remarks[0]


@pytest.mark.parametrize("target", ["999", "user:eva", "main/nowhere", "nobody", "thing:x", "luis:101"])
def test_who_is_not_there(target: str) -> None:
    with pytest.raises(UnknownTarget):
        find_target(snapshot_of(OFFICE), target)


def test_names_without_a_kind() -> None:
    snapshot = snapshot_of(OFFICE)
    assert str(find_target(snapshot, "sales")) == "group sales"
    assert str(find_target(snapshot, "300")) == "group sales"
    assert str(find_target(snapshot, "extension:101")) == "user ana"


def test_more_ways_than_anybody_reads_are_cut_and_said_so() -> None:
    levels = "".join(
        f"  n{level}: {{type: hours, schedule: s, open: n{level + 1}, closed: m{level}}}\n"
        f"  m{level}: {{type: set, next: n{level + 1}}}\n"
        for level in range(12)
    )
    text = f"""
{{kind: site, id: m}}
---
{{kind: user, id: ana, name: Ana, site: m, extension: "101"}}
---
{{kind: schedule, id: s, weekly: {{mon: "09:00-14:00"}}}}
---
kind: flow
id: f
extension: "500"
start: n0
nodes:
{levels}  n12: {{type: voicemail, user: ana}}
"""
    snapshot = snapshot_of(text)
    found = reach(snapshot, find_target(snapshot, "f/n12"))
    assert found.more
    assert len(found.ways) == MAX_WAYS
