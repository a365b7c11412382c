"""A PostgreSQL of our own for tests: a private server in a temporary folder, on a Unix socket, ended by its own pid.

Not a plugin: a test file imports what it needs. Where the server is not installed the tests that want it are skipped, with
that reason.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

START_SECONDS = 30.0


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running, empty server's maintenance database; the server ends with the context."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    user = _unprivileged_user()
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
    folder = Path(tempfile.mkdtemp(prefix="centralita-pg-"))  # short: a socket's path has 107 bytes at most
    process: subprocess.Popen[bytes] | None = None
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, user.pw_name)
        as_user: dict[str, object] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        data = folder / "data"
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "centralita", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            cwd=folder, capture_output=True, text=True, check=False, **as_user,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        options = [
            "-c",
            "fsync=off",
            "-c",
            "shared_buffers=16MB",
            "-c",
            "max_connections=40",
            "-c",
            "listen_addresses=",
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                cwd=folder, stdout=log, stderr=log, **as_user,
            )  # fmt: skip
        url = f"postgresql://centralita@/postgres?host={quote(str(folder))}"
        _wait_until_it_answers(url, process, folder / "log")
        yield url
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)  # fast shutdown: ends the sessions
            try:
                process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """The URL of a new, empty database on the server; dropped at the end. Takes some 0.3 s: one for each module is enough."""
    import psycopg

    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield server_url.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _programs() -> Path | None:
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {error}\n{log.read_text()}") from error
            time.sleep(0.05)  # polling a program that has no way to call us
        else:
            return
