"""The console is served whole, compressed where the browser takes it, and nothing beside it can be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from centralita.web import console, problems
from centralita.web.shield import PAGE_POLICY, Shield

PAGE = "<!doctype html><title>Centralita</title>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "main-1234.js").write_text("plain")
    (folder / "assets" / "main-1234.js.gz").write_text("gzip")
    (folder / "assets" / "main-1234.js.br").write_text("brotli")
    (tmp_path / "secret.key").write_text("secret")
    return folder


@pytest.fixture
def browser(built: Path) -> Iterator[TestClient]:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Shield)
    console.install(app, built)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/t/demo/users", "/sign-in?to=/t/demo/start"])
def test_every_place_of_the_console_is_its_page(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
    assert "script-src 'self';" in PAGE_POLICY


def test_the_page_is_asked_for_again_but_not_sent_again(browser: TestClient) -> None:
    tag = browser.get("/").headers["ETag"]
    assert browser.get("/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("br, gzip", "br"), ("gzip;q=1.0", "gzip"), ("identity", None)]
)
def test_files_go_compressed_and_are_kept_for_ever(
    browser: TestClient, built: Path, accepted: str, encoding: str | None
) -> None:
    with browser.stream("GET", "/assets/main-1234.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("Content-Encoding") == encoding
    endings = {"br": ".br", "gzip": ".gz", None: ""}
    assert raw == (built / f"assets/main-1234.js{endings[encoding]}").read_bytes()
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js",
        "/assets/../../secret.key",
        "/assets/%2e%2e/%2e%2e/secret.key",
        "/api/v1/nothing",
        "/metrics/x",
    ],
)
def test_what_is_not_there_is_not_the_page_nor_anything_else(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert "secret" not in answer.text
    if answer.status_code == 200:  # the client took the dots away: a place of the console
        assert answer.text == PAGE
    else:
        assert answer.status_code == 404


def test_without_a_build_it_says_how_to_get_one(tmp_path: Path) -> None:
    app = FastAPI()
    console.install(app, tmp_path / "none")
    answer = TestClient(app).get("/")
    assert answer.status_code == 503
    assert "make console" in answer.text
