"""Sends a sound file of ours: whole, or the range that a player asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.responses import FileResponse

from centralita.web.problems import Problem

WAV: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
        "description": "A WAV file",
    },
    206: {
        "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
        "description": "Part of it",
    },
    416: {"description": "There is no such part"},
}
"""For ``responses=`` of a route that sends one."""


def wav(path: Path | None, within: Path, name: str) -> FileResponse:
    """``within``: the folder that the file must be in, links followed; ``name``: what a browser saves it as.

    Raises Problem, 404, where there is no such file.
    """
    if path is None or not path.is_file() or not path.resolve().is_relative_to(within.resolve()):
        raise Problem.not_found("The sound is not there any more", code="sound-gone")
    return FileResponse(path, media_type="audio/wav", filename=name, content_disposition_type="inline")
