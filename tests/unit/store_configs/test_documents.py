"""YAML in and out: the line of every value, what a word means, and files that mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from centralita.pbx.configuration.entries import Entry, read_entries
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.store import documents
from centralita.store.documents import MAX_BYTES, dump, load, parse, plain

EXAMPLE = Path(__file__).parents[3] / "examples" / "demo.yaml"


def read(text: str) -> list[Entry]:
    return parse([("a.yaml", text.encode())])


def refusal(content: str | bytes) -> str:
    with pytest.raises(ConfigurationRefused) as caught:
        parse([("a.yaml", content.encode() if isinstance(content, str) else content)])
    return str(caught.value)


def test_documents_with_the_line_of_every_value() -> None:
    first, second = read(
        "kind: user\nid: ana\npersonal:\n  voicemail:\n    pin: '1234'\n---\n\nkind: site\nid: m\n"
    )
    assert first.fields == {"kind": "user", "id": "ana", "personal": {"voicemail": {"pin": "1234"}}}
    assert first.where() == "a.yaml:1"
    assert first.where(("id",)) == "a.yaml:2"
    assert first.where(("personal", "voicemail", "pin")) == "a.yaml:5"
    assert first.where(("personal", "voicemail", "missing")) == "a.yaml:4"
    assert second.where(("kind",)) == "a.yaml:8"


def test_words_stay_as_they_were_written() -> None:
    (entry,) = read(
        "extension: 0101\ncountry: NO\nnumber: +34910000000\nat: 12:30\nnothing:\nalso: null\ntext: 'null'\n"
    )
    assert entry.fields == {
        "extension": "0101", "country": "NO", "number": "+34910000000", "at": "12:30",
        "nothing": None, "also": None, "text": "null",
    }  # fmt: skip


def test_empty_documents_and_files_are_no_objects() -> None:
    assert read("") == []
    assert read("# only a comment\n---\n---\n") == []


def test_aliases_within_reason() -> None:
    (entry,) = read("a: &codecs [PCMA, PCMU]\nb: *codecs\n")
    assert entry.fields["b"] == ["PCMA", "PCMU"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- kind: user", "a.yaml:1: each document must be an object"),
        ("kind: user\n---\njust text", "a.yaml:3: each document must be an object"),
        ("kind: user\nkind: site", "a.yaml:2: kind is there twice; first in a.yaml:1"),
        ("a: 1\nb: [1\nc: 2\n", "a.yaml:3: this is not YAML"),
        ("\tkind: user", "a.yaml:1: this is not YAML"),
        ("a: *97", "a.yaml:1: nothing before this is called &97; text that begins with * goes into quotes"),
        ("a: &a [*a]", "a.yaml:1: nothing before this is called &a"),
        ("a: !!python/object/apply:os.system ['true']", "a.yaml:1: the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !secret x", "a.yaml:1: the tag !secret has no meaning here"),
        ("? [a]\n: 1", "a.yaml:1: the name of a field must be a word"),
        (b"a: 1\nb: \xff\xfe", "a.yaml:2: this is not UTF-8 text"),
        (b"a: 1\nb: \x00", "a.yaml:2: this is a character that YAML does not allow"),
        ("[" * 100_000, "a.yaml:1: this is nested more than 12 deep"),
        (b" " * (MAX_BYTES + 1), "a.yaml:1: the file is larger than 32 MB"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(content: str | bytes, message: str) -> None:
    assert refusal(content).startswith(message)


def test_a_bomb_of_aliases_is_noticed_before_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert "aliases stand for more than" in refusal("\n".join(lines))


def test_a_file_of_countless_values_is_left_where_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 32 MB can hold more values than there is memory for."""
    monkeypatch.setattr(documents, "MAX_VALUES", 1000)
    assert refusal("a: [" + "1," * 5000 + "]") == "a.yaml:1: the file holds more than 1000 values"


def test_problems_of_several_files_are_told_together() -> None:
    with pytest.raises(ConfigurationRefused) as caught:
        parse([("a.yaml", b"- 1"), ("b.yaml", b"kind: x"), ("c.yaml", b"]")])
    assert [problem.where for problem in caught.value.problems] == ["a.yaml:1", "c.yaml:1"]


def test_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("kind: user\nid: b\n")
    (tmp_path / "a.yaml").write_text("kind: user\nid: a\n")
    (tmp_path / "notes.txt").write_text("not: ours\n")
    assert [entry.id for entry in load([tmp_path])] == ["a", "b"]
    assert [entry.id for entry in load([tmp_path / "b.yml"])] == ["b"]
    with pytest.raises(FileNotFoundError):
        load([tmp_path / "missing.yaml"])


def test_what_is_written_reads_back_as_the_same() -> None:
    objects, problems = read_entries(load([EXAMPLE]))
    assert problems == []
    text = dump(objects.values(), with_secrets=True, heading=["One line\nof text."])
    assert text.startswith("# One line of text.\n")
    again, problems = read_entries(read(text))
    assert problems == []
    assert again == objects


def test_hostile_names_survive_the_round_trip() -> None:
    name = "'\"\\: - #{}[]&*!|>%@` ñ 😀 <b> $(x)"
    objects, problems = read_entries([Entry({"kind": "user", "id": "a", "name": name, "site": "no"})])
    assert problems == []
    again, _ = read_entries(read(dump(objects.values())))
    assert again == objects


def test_secrets_are_written_only_when_asked_for() -> None:
    objects, _ = read_entries(
        [
            Entry({"kind": "device", "id": "d", "user": "a", "password": "hunter22"}),
            Entry({"kind": "trunk", "id": "t", "host": "h", "username": "u", "password": "hunter22"}),
            Entry(
                {
                    "kind": "user",
                    "id": "a",
                    "name": "A",
                    "site": "m",
                    "personal": {"voicemail": {"pin": "2222"}},
                }
            ),
        ]
    )
    text = dump(objects.values())
    assert "hunter22" not in text
    assert "2222" not in text
    assert "personal" not in text
    assert "2222" not in str(plain(objects.values()))
    assert dump(objects.values(), with_secrets=True).count("hunter22") == 2
