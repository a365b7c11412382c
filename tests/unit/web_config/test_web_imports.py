"""Users as tables: what goes out comes in again, what is wrong is told by row, and no file harms anybody."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook, load_workbook

from centralita.accounts import Role
from centralita.web.problems import Problem
from centralita.web.sheets import MAX_BYTES, read
from support.web_world import World, web_world

BASE = "/api/v1/tenants/demo"
SHEET = f"{BASE}/user-sheet"
NAMES = {"id": "id", "name": "name"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def admin(world: World) -> TestClient:
    return world.client(Role.ADMIN)


def _workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_preview_tells_what_would_change_and_changes_nothing(admin: TestClient) -> None:
    text = "id;nombre;extensión;dispositivos\nana;Ana B;;\nluis;Luis;102;\n;Zoe;;zoe-desk zoe-mobile\n"
    seen = admin.post(SHEET, content=text.encode()).json()
    assert [(row["row"], row["id"], row["action"]) for row in seen["rows"]] == [
        (2, "ana", "changed"),
        (3, "luis", "same"),
        (4, "zoe", "added"),
    ]
    assert (seen["done"], seen["added"], seen["changed"], seen["same"]) == (False, 1, 1, 1)
    assert seen["outcome"]["extensions"] == {"zoe": "100"}
    assert seen["outcome"]["credentials"] == []
    assert len(admin.get(f"{BASE}/versions").json()["items"]) == 1
    done = admin.post(f"{SHEET}?preview=false", content=text.encode()).json()
    assert done["done"] is True
    assert {one["device"] for one in done["outcome"]["credentials"]} == {"zoe-desk", "zoe-mobile"}
    assert admin.get(f"{BASE}/users/zoe").json()["site"] == "m"
    assert admin.get(f"{BASE}/users/ana").json()["extension"] == "101"
    again = admin.post(f"{SHEET}?preview=false", content=text.replace(";Zoe", "zoe;Zoe").encode()).json()
    assert [row["action"] for row in again["rows"]] == ["same", "same", "same"]


def test_what_is_wrong_is_told_by_row_and_nothing_is_taken(admin: TestClient) -> None:
    text = "id,name,extension,site,record_calls,devices\nana,Ana,102,,,\nbad id,X,,m,,\nzoe,Zoe,,moon,perhaps,d1\nzoe,Zoe,,,,\nmax,Max,,m,yes,d1\n"
    seen = admin.post(SHEET, content=text.encode()).json()
    wrong = {row["row"]: {problem["field"] for problem in row["problems"]} for row in seen["rows"]}
    assert "extension" in wrong[2]
    assert "id" in wrong[3]
    assert {"site", "record_calls"} <= wrong[4]
    assert wrong[5] == {"id"}
    assert wrong[6] == {"devices"}
    assert {row["action"] for row in seen["rows"]} == {"refused"}
    refused = admin.post(f"{SHEET}?preview=false", content=text.encode())
    assert refused.status_code == 422
    assert refused.json()["code"] == "import-refused"
    assert "rows.2.extension" in {error["field"] for error in refused.json()["errors"]}
    assert len(admin.get(f"{BASE}/versions").json()["items"]) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_without_a_change(admin: TestClient, form: str) -> None:
    admin.post(f"{BASE}/trunks", json={"id": "t", "host": "192.0.2.9"})
    admin.post(f"{BASE}/numbers", json={"id": "n", "number": "+34910000001", "destination": "user:ana"})
    admin.patch(f"{BASE}/users/ana", json={"name": "=HYPERLINK(1)", "number": "+34910000001"})
    admin.patch(f"{BASE}/users/luis", json={"name": "@SUM(1)"})
    admin.post(f"{BASE}/devices", json={"id": "phone", "user": "ana"})
    out = admin.get(f"{SHEET}?format={form}")
    assert "attachment" in out.headers["content-disposition"]
    back = admin.post(f"{SHEET}?preview=false", content=out.content)
    assert back.status_code == 200, back.text
    assert [row["action"] for row in back.json()["rows"]] == ["same", "same"]
    assert admin.get(f"{BASE}/users/ana").json()["name"] == "=HYPERLINK(1)"


def test_no_cell_of_an_export_is_a_formula(admin: TestClient) -> None:
    for number, name in enumerate(("=1+1", "+1", "-1", "@x")):
        admin.post(f"{BASE}/users", json={"id": f"u{number}", "name": name, "site": "m"})
    table = list(csv.reader(io.StringIO(admin.get(SHEET).content.decode("utf-8-sig"))))
    assert sum(cell.startswith("'") for row in table for cell in row) == 4
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]
    book = load_workbook(io.BytesIO(admin.get(f"{SHEET}?format=xlsx").content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert sum(str(cell.value).startswith("'") for cell in cells) == 4


def test_a_workbook_is_read_with_its_numbers(admin: TestClient) -> None:
    book = _workbook(
        ["id", "name", "extension", "record_calls"],
        ["zoe", "Zoe", 150, True],
        [],
        ["max", "Max", 151.0, False],
    )
    seen = admin.post(f"{SHEET}?preview=false", content=book).json()
    assert [(row["row"], row["id"]) for row in seen["rows"]] == [(2, "zoe"), (4, "max")]
    assert admin.get(f"{BASE}/users/zoe").json()["extension"] == "150"
    assert admin.get(f"{BASE}/users/zoe").json()["record_calls"] is True


def _archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _poisoned(part: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook(["id"], ["x"]))) as good, zipfile.ZipFile(file, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, content if name == part else good.read(name))
    return file.getvalue()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
HOSTILE = {
    "zip bomb": _archive({"xl/worksheets/sheet1.xml": bytes(60 * 1024 * 1024)}),
    "many parts": _archive({f"xl/{number}.xml": b"" for number in range(300)}),
    "entities": _poisoned("xl/worksheets/sheet1.xml", BOMB),
    "entities in UTF-16": _poisoned("xl/worksheets/sheet1.xml", BOMB.decode().encode("utf-16")),
    "another archive": _archive({"readme.txt": b"hello"}),
    "cut off": _workbook(["id"], ["x"])[:-200],
    "only its beginning": b"PK\x03\x04",
    "broken inside": _poisoned("xl/workbook.xml", b"<workbook"),
    "large": b"id\n" + b"x\n" * MAX_BYTES,
    "many rows": b"id\n" + b"".join(b"u%d\n" % number for number in range(10_002)),
    "a heading nobody knows": b"id,colour\nx,red\n",
    "a heading twice": b"id,id\nx,y\n",
    "nothing": b"",
    "a long cell": b"id,name\nx," + b"n" * 2000 + b"\n",
    "many columns": b"id,name\n" + b"," * 60 + b"\n",
    "a field without an end": b'id\n"' + b"x" * 200_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused(content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read(content, NAMES)
    assert caught.value.status in (413, 422)


def test_a_sheet_that_says_it_is_endless_ends() -> None:
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
        b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Problem, match="more than 10000 rows"):
        read(_poisoned("xl/worksheets/sheet1.xml", far), NAMES)


def test_a_table_of_windows_is_read() -> None:
    rows = read("id;name\njose;José\n".encode("cp1252"), NAMES)
    assert rows[0].cells == {"id": "jose", "name": "José"}
