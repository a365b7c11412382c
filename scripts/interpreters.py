"""Which Python the virtual environment is made with, where a machine has several. Standard library only, any Python ≥ 3.11.

One that was built with optimisations comes first: bare Python runs half as fast again with it. Version managers build
without them unless told, and hide the distribution's own, which has them; so that one is looked for in its place, too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROBE = Path(__file__).resolve().parent.parent / "src/centralita/interpreter.py"
NAMES = ("python3.13", "python3.12", "python3.11", "python3", "python")
"""In the order in which they are preferred, where nothing else decides."""
PLACES = ("/usr/local/bin", "/usr/bin")
"""Where Pythons are besides the search path."""
OLDEST = (3, 11)


@dataclass(frozen=True)
class Interpreter:
    path: str
    version: tuple[int, int, int]
    optimised: bool
    venv: bool
    """Whether it can make virtual environments as it is: Debian leaves that to a package of its own."""

    @property
    def venv_package(self) -> str:
        """The package of Debian and Ubuntu that it lacks when it cannot."""
        return f"python{self.version[0]}.{self.version[1]}-venv"

    def __str__(self) -> str:
        version = ".".join(str(part) for part in self.version)
        return f"Python {version} ({self.path}{'' if self.optimised else ', not an optimised build'})"


def examine(command: str | Path) -> Interpreter | None:
    """Ask a Python how it was built. None where it does not run, or is too old."""
    try:
        # -I: nothing of the caller's environment decides what it finds.
        done = subprocess.run(
            [str(command), "-I", str(PROBE)], capture_output=True, text=True, timeout=20, check=True
        )
        said = json.loads(done.stdout)
        major, minor, micro = (int(part) for part in said["version"])
        one = Interpreter(
            str(said["executable"]), (major, minor, micro), bool(said["optimised"]), bool(said["venv"])
        )
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
    return one if one.version[:2] >= OLDEST else None


def found(places: Sequence[str] = PLACES) -> list[Interpreter]:
    """Every Python of this machine that will do, those of the search path first. One with two names counts once."""
    commands: list[str] = []
    for path in (os.environ.get("PATH", os.defpath), os.pathsep.join(places)):
        commands += [command for name in NAMES if (command := shutil.which(name, path=path))]
    known: dict[str, Interpreter] = {}
    for command in dict.fromkeys(commands):
        if (one := examine(command)) is not None:
            known.setdefault(os.path.realpath(one.path), one)
    return list(known.values())


def choose(
    candidates: Iterable[Interpreter],
    complete: Callable[[Interpreter], Interpreter | None],
    fallback: Interpreter,
) -> Interpreter:
    """The best one: optimised before others, and in their order among equals.

    ``complete`` gives a Python what it lacks to make virtual environments and tells how it is then, or None where that did
    not work; it is asked only for one that is worth it. ``fallback`` is what there is when none of them can make any.
    """
    for one in sorted(candidates, key=lambda one: not one.optimised):
        if one.venv:
            return one
        if one.optimised and (completed := complete(one)) is not None:
            return completed
    return fallback
