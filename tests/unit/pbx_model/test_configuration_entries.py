"""What somebody wrote becomes typed objects, or problems that say where, what and how to mend it."""

from __future__ import annotations

import pytest

from centralita.pbx.configuration.entries import Entry, Place, read_entries
from centralita.pbx.configuration.kinds import to_fields
from centralita.pbx.model.device import Device
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User


def problem_of(**fields: object) -> str:
    objects, problems = read_entries([Entry(fields)])
    assert not objects
    assert len(problems) == 1, problems
    return str(problems[0])


def read(**fields: object) -> object:
    objects, problems = read_entries([Entry(fields)])
    assert not problems
    (item,) = objects.values()
    return item


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"id": "x"}, "x: kind: is missing: it says what this is (tenant, site, user"),
        ({"kind": "usr", "id": "x"}, "x: kind: 'usr' is not known; did you mean user?"),
        ({"kind": "site"}, "site: id: is missing"),
        ({"kind": "site", "id": "Madrid"}, "site Madrid: id: must be 1 to 63 of a-z"),
        ({"kind": "site", "id": "m", "timezone": "UTC"}, "site m: timezone: is not a field here; did you mean time_zone?"),
        ({"kind": "site", "id": "m", "country": "Spain"}, "site m: country: must be the two capital letters"),
        ({"kind": "site", "id": "m", "language": "fr"}, "site m: language: must be es or en"),
        ({"kind": "site", "id": "m", "dial_abroad": "maybe"}, "site m: dial_abroad: must be true or false"),
        ({"kind": "user", "id": "ana", "name": "Ana"}, "user ana: site: is missing"),
        ({"kind": "user", "id": "a", "name": "A\r\nVia: x", "site": "m"}, "user a: name: must be one line without control"),
        ({"kind": "user", "id": "a", "name": " ", "site": "m"}, "user a: name: must not be empty"),
        ({"kind": "user", "id": "a", "name": "A", "site": "m", "extension": "1"}, "user a: extension: must be 2 to 6 digits"),
        ({"kind": "user", "id": "a", "name": "A", "site": "m", "mail": "a@"}, "user a: mail: must be a mail address"),
        (
            {"kind": "user", "id": "a", "name": "A", "site": "m", "extension": "*97"},
            "user a: extension: *97 collides with the feature code *97 (voicemail)",
        ),
        (
            {"kind": "user", "id": "a", "name": "A", "site": "m", "personal": {"voicemail": {"pin": "12"}}},
            "user a: personal.voicemail.pin: must be 4 to 10 digits",
        ),
        (
            {"kind": "user", "id": "a", "name": "A", "site": "m", "personal": {"voicemail": {"enabeld": "no"}}},
            "user a: personal.voicemail.enabeld: is not a field here; did you mean enabled?",
        ),
        (
            {"kind": "user", "id": "a", "name": "A", "site": "m", "personal": {"forward_busy": "600&x"}},
            "user a: personal.forward_busy: must be an extension or a telephone number",
        ),
        (
            {"kind": "user", "id": "a", "name": "A", "site": "m", "personal": {"ring_seconds": "1"}},
            "user a: personal.ring_seconds: must be at least 3",
        ),
        ({"kind": "user", "id": "a", "name": "A", "site": "m", "max_calls": "two"}, "user a: max_calls: must be a whole number"),
        ({"kind": "user", "id": "a", "name": "A", "site": "m", "personal": "x"}, "user a: personal: must hold fields of its own"),
        ({"kind": "device", "id": "d", "user": "a", "codecs": "PCMA"}, "device d: codecs: must be a list"),
        ({"kind": "device", "id": "d", "user": "a", "codecs": []}, "device d: codecs: must not be empty"),
        ({"kind": "trunk", "id": "t", "host": "h", "port": "99999"}, "trunk t: port: must be at most 65535"),
        ({"kind": "trunk", "id": "t", "host": "h", "transport": "TLS"}, "trunk t: transport: must be 'UDP' or 'TCP'"),
        ({"kind": "trunk", "id": "t", "host": "h", "addresses": ["x"]}, "trunk t: addresses.0: 'x' is no IP address"),
        ({"kind": "number", "id": "n", "number": "910000000", "destination": "user:a"}, "number n: number: must be a number in international form"),
        ({"kind": "number", "id": "n", "number": "+34910000000", "destination": "ana"}, "number n: destination: must be user:ID"),
        ({"kind": "extension", "id": "e", "extension": "700", "purpose": "fax"}, "extension e: purpose: must be 'echo' or 'voicemail'"),
    ],
)  # fmt: skip
def test_what_is_wrong_within_an_object(fields: dict[str, object], problem: str) -> None:
    assert problem_of(**fields).startswith(problem)


def test_all_problems_are_told_each_with_its_place() -> None:
    entry = Entry(
        {"kind": "user", "id": "ana", "nmae": "Ana", "personal": {"ring_seconds": "x"}},
        {
            (): Place("a.yaml", 1),
            ("nmae",): Place("a.yaml", 3),
            ("personal",): Place("a.yaml", 4),
            ("personal", "ring_seconds"): Place("a.yaml", 5),
        },
    )
    _, problems = read_entries([entry])
    assert sorted(str(problem) for problem in problems) == [
        "a.yaml:1: user ana: name: is missing",
        "a.yaml:1: user ana: site: is missing",
        "a.yaml:3: user ana: nmae: is not a field here; did you mean name?",
        "a.yaml:5: user ana: personal.ring_seconds: must be a whole number",
    ]


def test_an_object_that_is_there_twice_names_the_first() -> None:
    def entry(line: int) -> Entry:
        return Entry({"kind": "site", "id": "m"}, {(): Place("a.yaml", line)})

    objects, problems = read_entries([entry(1), entry(9)])
    assert len(objects) == 1
    assert [str(problem) for problem in problems] == ["a.yaml:9: site m: is there twice; first in a.yaml:1"]


def test_a_secret_is_never_told_by_an_error() -> None:
    told = problem_of(kind="device", id="d", user="a", password=["hunter22-hunter22"])
    told += problem_of(kind="user", id="a", name="A", site="m", personal={"voicemail": {"pin": "hunter22"}})
    assert "hunter22" not in told


def test_text_becomes_what_the_field_is() -> None:
    site = read(kind="site", id="m", dial_abroad="yes", country="NO", number="+34 910 000 000")
    assert isinstance(site, Site)
    assert (site.dial_abroad, site.country, site.number) == (True, "NO", "+34910000000")
    user = read(
        kind="user", id="a", name="A", site="m", extension=101, personal={"forward_busy": "600 12 31 23"}
    )
    assert isinstance(user, User)
    assert (user.extension, user.personal.forward_busy) == ("101", "600123123")
    trunk = read(
        kind="trunk",
        id="t",
        host="h",
        register="true",
        port="5080",
        addresses=["192.0.2.9/24", "2001:DB8::1"],
    )
    assert isinstance(trunk, Trunk)
    assert trunk.register_with_provider
    assert (trunk.port, trunk.addresses) == (5080, ("192.0.2.0/24", "2001:db8::1"))
    device = read(kind="device", id="d", user="a", codecs=["opus", "pcma", "g722"])
    assert isinstance(device, Device)
    assert device.codecs == ("opus", "PCMA", "G722")
    number = read(kind="number", id="n", number="+34 910-000-000", destination="user:a")
    assert isinstance(number, Number)
    assert number.number == "+34910000000"


def test_none_says_nothing() -> None:
    user = read(kind="user", id="a", name="A", site="m", mail=None, personal={"forward_busy": None})
    assert isinstance(user, User)
    assert user.mail == ""


def test_an_object_and_its_plain_values() -> None:
    user = read(kind="user", id="a", name="A", site="m", personal={"voicemail": {"pin": "1234"}})
    assert isinstance(user, User)
    assert to_fields(user, only_set=True) == {
        "kind": "user", "id": "a", "name": "A", "site": "m", "personal": {"voicemail": {"pin": "1234"}},
    }  # fmt: skip
    assert User.model_validate(to_fields(user)) == user
    assert "1234" not in repr(user)
    trunk = read(kind="trunk", id="t", host="h", register="true", username="u", password="hunter22")
    assert isinstance(trunk, Trunk)
    assert to_fields(trunk, only_set=True)["register"] is True
    assert to_fields(trunk)["password"] == "hunter22"
    assert "hunter22" not in repr(trunk)
