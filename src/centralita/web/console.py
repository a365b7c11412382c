"""The console as browsers get it: the pages that ``console/`` was built into, from the same origin as the API.

Every file that can be asked for is in a table made once at start, so no path leads anywhere else. What carries its fingerprint in its
name is kept by browsers for ever; the page that names them is asked for each time. Any other path below the root is a place within the
console, and answered with that page.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from centralita.web.problems import Problem

FOLDER = Path(__file__).parent / "static"
"""Where the build puts it; not in the repository."""
PAGE = "index.html"
FOR_EVER = "public, max-age=31536000, immutable"
EACH_TIME = "no-cache"
FINGERPRINTED = "assets/"
"""The folder of files whose names change with what is in them."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""How a file may be there beside itself, smaller; the best first."""
PROGRAMS = ("api/", "metrics")
"""What is no place of the console, whatever the router does not know of it."""
MISSING = """<!doctype html><meta charset="utf-8"><title>Centralita</title>
<p>La consola no está construida: <code>make run</code> (o <code>make console</code>) la construye. Las llamadas y la API funcionan.
<p lang="en">The console is not built: <code>make run</code> (or <code>make console</code>) builds it. Calls and the API work.
"""


@dataclass(frozen=True, slots=True)
class Served:
    path: Path
    media_type: str
    tag: str
    smaller: tuple[tuple[str, Path], ...]
    """Content-Encoding and file."""


def files(folder: Path) -> dict[str, Served]:
    """What can be asked for, by its path below the root; nothing where the console is not built."""
    found: dict[str, Served] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in ENCODINGS.values():
            continue
        kind, _ = mimetypes.guess_type(path.name)
        found[path.relative_to(folder).as_posix()] = Served(
            path,
            kind or "application/octet-stream",
            f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"',
            tuple(
                (name, smaller)
                for name, ending in ENCODINGS.items()
                if (smaller := path.with_name(path.name + ending)).is_file()
            ),
        )
    return found


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve it: the last route of all."""
    table = files(folder)

    @app.get("/{path:path}", include_in_schema=False)
    def console(request: Request, path: str) -> Response:
        if path.startswith(PROGRAMS):
            raise Problem.not_found()
        served = table.get(path)
        if served is None:
            if path.startswith(FINGERPRINTED):
                raise Problem.not_found()
            served = table.get(PAGE)
        if served is None:
            return HTMLResponse(MISSING, 503)
        return _answer(request, served, for_ever=path.startswith(FINGERPRINTED))


def _answer(request: Request, served: Served, *, for_ever: bool) -> Response:
    headers = {
        "Cache-Control": FOR_EVER if for_ever else EACH_TIME,
        "ETag": served.tag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == served.tag:
        return Response(status_code=304, headers=headers)
    accepted = {
        name.partition(";")[0].strip() for name in request.headers.get("accept-encoding", "").split(",")
    }
    for encoding, path in served.smaller:
        if encoding in accepted:
            return FileResponse(
                path, headers={**headers, "Content-Encoding": encoding}, media_type=served.media_type
            )
    return FileResponse(served.path, headers=headers, media_type=served.media_type)
