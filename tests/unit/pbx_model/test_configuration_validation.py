"""A tenant as a whole: everything that is wrong is found at once, and named."""

from __future__ import annotations

from centralita.pbx.configuration.draft import draft, tenant_of
from centralita.pbx.configuration.entries import Entry, Place
from centralita.pbx.configuration.validation import names_of, validate


class Pen:
    """Writes entries, each on a line of its own of ``a.yaml``, and tells what is wrong with them together."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.write("site", "m")

    def write(self, kind: str, ident: str, **fields: object) -> Pen:
        place = Place("a.yaml", len(self.entries) + 1)
        self.entries.append(Entry({"kind": kind, "id": ident, **fields}, {(): place}))
        return self

    def user(self, ident: str, extension: str | None = None, **fields: object) -> Pen:
        return self.write("user", ident, name=ident.capitalize(), site="m", extension=extension, **fields)

    def forwards(self, ident: str, extension: str, always: str) -> Pen:
        return self.user(ident, extension, personal={"forward_always": always})

    def problems(self, taken_elsewhere: frozenset[tuple[str, str]] = frozenset()) -> list[str]:
        drafted = draft(self.entries, {}, "t", merge=False, make_password=lambda: "x" * 24)
        found = validate(
            drafted.objects.values(),
            "t",
            where=drafted.where,
            unreadable=drafted.unreadable,
            taken_elsewhere=taken_elsewhere,
        )
        return [str(problem) for problem in (*drafted.problems, *found)]


def test_a_good_tenant_has_no_problem() -> None:
    pen = Pen().user("ana", "101").user("luis").write("device", "ana", user="ana")
    pen.write("trunk", "t1", host="sip.example", register="yes", username="u", password="hunter22hunter22")
    pen.write("number", "main", number="+34910000000", trunk="t1", destination="user:ana")
    pen.write("number", "two", number="+34910000001", destination="voicemail:luis")
    pen.write("number", "three", number="+34910000002", destination="extension:700")
    pen.write("extension", "echo", extension="700", purpose="echo")
    assert pen.problems() == []


def test_references_to_what_does_not_exist_are_all_listed() -> None:
    pen = Pen().write("user", "ana", name="Ana", site="n", extension="101").write("device", "d", user="anna")
    pen.write("number", "one", number="+34910000000", trunk="t1", destination="user:luis")
    pen.write("number", "two", number="+34910000001", destination="voicemail:ana2")
    pen.write("number", "three", number="+34910000002", destination="extension:700")
    assert pen.problems() == [
        "a.yaml:2: user ana: site: there is no site n",
        "a.yaml:3: device d: user: there is no user anna; did you mean ana?",
        "a.yaml:4: number one: trunk: there is no trunk t1",
        "a.yaml:4: number one: destination: there is no user luis",
        "a.yaml:5: number two: destination: there is no user ana2; did you mean ana?",
        "a.yaml:6: number three: destination: nobody has the extension 700",
    ]


def test_what_cannot_be_read_is_not_also_called_missing() -> None:
    pen = (
        Pen()
        .user("ana", "1")
        .write("device", "d", user="ana")
        .user("eva", "103", personal={"forward_busy": "104"})
    )
    pen.write("number", "n", number="+34910000000", destination="extension:105")
    assert pen.problems() == ["a.yaml:2: user ana: extension: must be 2 to 6 digits"]


def test_an_extension_taken_twice_names_both() -> None:
    pen = (
        Pen()
        .user("ana", "101")
        .user("luis", "101")
        .write("extension", "echo", extension="101", purpose="echo")
    )
    assert pen.problems() == [
        "a.yaml:3: user luis: extension: 101 is already taken by user ana (a.yaml:2)",
        "a.yaml:4: extension echo: extension: 101 is already taken by user ana (a.yaml:2)",
    ]


def test_extensions_that_collide_with_emergency_numbers_or_star_codes() -> None:
    pen = Pen().write("site", "mx", country="MX", time_zone="America/Mexico_City")
    pen.user("ana", "112").user("luis", "062").user("eva", "911").write(
        "extension", "e", extension="*43", purpose="echo"
    )
    assert pen.problems() == [
        "a.yaml:6: extension e: extension: *43 collides with the feature code *43 (echo)",
        "a.yaml:3: user ana: extension: 112 collides with the emergency number 112 of ES",
        "a.yaml:3: user ana: extension: 112 collides with the emergency number 112 of MX",
        "a.yaml:4: user luis: extension: 062 collides with the emergency number 062 of ES",
        "a.yaml:5: user eva: extension: 911 collides with the emergency number 911 of MX",
    ]


def test_sites() -> None:
    pen = Pen().write("site", "a", time_zone="Europe/Madird").write("site", "b", country="XX")
    pen.write("site", "c", first_extension="300", last_extension="200")
    pen.write("site", "d", first_extension="300", last_extension="4000")
    pen.write("site", "e", time_zone="../../etc/passwd")
    found = pen.problems()
    assert (
        found[0]
        == "a.yaml:2: site a: time_zone: 'Europe/Madird' is no IANA time zone; did you mean Europe/Madrid?"
    )
    assert found[1].startswith("a.yaml:3: site b: country: XX is no country")
    assert found[2] == "a.yaml:4: site c: last_extension: 200 comes before the first, 300"
    assert found[3] == "a.yaml:5: site d: last_extension: 300 and 4000 must have the same number of digits"
    assert "is no IANA time zone" in found[4]
    assert len(found) == 5


def test_ranges_of_sites_may_overlap_and_extensions_lie_outside() -> None:
    pen = Pen().write("site", "n", first_extension="100", last_extension="899").user("ana", "950")
    assert pen.problems() == []


def test_devices() -> None:
    pen = Pen().user("ana", "101").write("device", "a", user="ana", username="phone")
    pen.write("device", "b", user="ana", username="phone", codecs=["PCMA", "PCMX", "pcma"])
    pen.write("device", "c", user="ana", username="elsewhere")
    pen.write("device", "d", user="ana", password="short")
    pen.write("device", "e", user="ana", username="telephone", password="telephone")
    pen.write("device", "f", user="ana", password="12345678")
    found = pen.problems(frozenset({("username", "elsewhere")}))
    assert found[0].startswith("a.yaml:4: device b: codecs.1: 'PCMX' is not known; the codecs are PCMA, PCMU")
    assert found[1:] == [
        "a.yaml:4: device b: codecs.2: PCMA is there twice",
        "a.yaml:4: device b: username: phone is already taken by device a (a.yaml:3)",
        "a.yaml:5: device c: username: elsewhere is already taken by another tenant of this installation",
        "a.yaml:6: device d: password: must have at least 8 characters; leave it out to get a strong one",
        "a.yaml:7: device e: password: is too easy to guess; leave it out to get a strong one",
        "a.yaml:8: device f: password: is too easy to guess; leave it out to get a strong one",
    ]


def test_trunks_and_numbers() -> None:
    pen = Pen().user("ana", "101").write("trunk", "a", host="sip.example", register="true")
    pen.write("trunk", "b", host="sip:example", country="XX")
    pen.write("trunk", "c", host="2001:db8::1")
    pen.write("number", "one", number="+34910000000", destination="user:ana")
    pen.write("number", "two", number="+34 910 000 000", destination="user:ana")
    pen.write("number", "three", number="+34910000009", destination="user:ana")
    assert pen.problems(frozenset({("number", "+34910000009")})) == [
        "a.yaml:3: trunk a: username: is missing: registering with the provider needs it",
        "a.yaml:3: trunk a: password: is missing: registering with the provider needs it",
        "a.yaml:4: trunk b: host: must be a name or an address; its port goes into the field port",
        "a.yaml:4: trunk b: country: XX is no country with telephone numbers (ISO 3166-1)",
        "a.yaml:7: number two: number: +34910000000 is already taken by number one (a.yaml:6)",
        "a.yaml:8: number three: number: +34910000009 is already taken by another tenant of this installation",
    ]


def test_the_whole_internet_is_no_provider() -> None:
    pen = Pen().write(
        "trunk", "a", host="sip.example", addresses=["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0"]
    )
    assert [problem.partition(":")[2].split(" is a great")[0] for problem in pen.problems()] == [
        "2: trunk a: addresses.1: 0.0.0.0/0",
        "2: trunk a: addresses.3: ::/0",
    ]


def test_a_trunk_without_any_site_must_say_its_country() -> None:
    pen = Pen()
    pen.entries.clear()
    assert pen.write("trunk", "a", host="sip.example").problems() == [
        "a.yaml:1: trunk a: country: is missing: the tenant has no site to take it from"
    ]


def test_forwarding() -> None:
    pen = Pen().write("number", "n", number="+34910000000", destination="user:ana")
    pen.write("extension", "echo", extension="700", purpose="echo")
    pen.forwards("ana", "101", "101").forwards("luis", "102", "109").forwards("eva", "103", "112")
    pen.forwards("ines", "104", "700").forwards("juan", "105", "600123123").forwards(
        "zoe", "106", "+442079460000"
    )
    pen.user("bea", "107", personal={"forward_busy": "107"})
    pen.forwards("leo", "108", "103")
    found = [problem.partition(": personal.")[2] for problem in pen.problems()]
    assert found == [
        "forward_always: 101 is ana's own extension: a call would go in a circle",
        "forward_always: 109 is no extension of this tenant, and no telephone number as dialled in ES",
        "forward_always: 112 is an emergency number",
        "forward_always: 700 is the service echo: calls go on to people and numbers, not to services",
        "forward_busy: 107 is bea's own extension: a call would go in a circle",
    ]


def test_forwarding_to_oneself_by_the_way_of_a_number() -> None:
    pen = Pen().write("number", "n", number="+34910000000", destination="extension:101")
    pen.forwards("ana", "101", "910 000 000")
    (problem,) = pen.problems()
    assert "910000000 leads back to ana (number n)" in problem


def test_users_who_forward_to_each_other_in_a_circle() -> None:
    pen = Pen().forwards("ana", "101", "102").forwards("luis", "102", "103").forwards("eva", "103", "101")
    pen.forwards("ines", "104", "101")
    assert pen.problems() == [
        "a.yaml:2: user ana: personal.forward_always: goes in a circle: ana → luis → eva → ana"
    ]


def test_a_file_of_another_tenant() -> None:
    pen = Pen().write("tenant", "other")
    assert "a.yaml:2: tenant other: id: this is the configuration of tenant t" in pen.problems()
    assert tenant_of(pen.entries) == "other"


def test_names_that_are_one_of_a_kind_in_the_installation() -> None:
    pen = Pen().user("ana", "101").write("device", "d", user="ana")
    pen.write("number", "n", number="+34910000000", destination="user:ana")
    drafted = draft(pen.entries, {}, "t", merge=False, make_password=lambda: "x" * 24)
    assert names_of(drafted.objects.values()) == {("username", "t-d"), ("number", "+34910000000")}
