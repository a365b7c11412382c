"""Make the virtual environment of this checkout and fill it from the lock files. Standard library only, any Python ≥ 3.11.

``--dev`` adds what the tests need from the development lock, ``--tools`` the system's programs that they place calls with.
Where nothing has changed since the last time it does nothing, quickly. The environment is made with the best Python of this
machine (see ``interpreters.py``), or with the one that runs this where ``--this-python`` says so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from interpreters import Interpreter, choose, examine
from interpreters import found as pythons

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = {"sipp": "sip-tester", "baresip": "baresip", "postgres": "postgresql", "chromium": "chromium"}
"""Program → Debian package, of what the tests use where it is there."""
SERVERS = Path("/usr/lib/postgresql")
"""Where Debian keeps PostgreSQL's server, which is on nobody's path."""


class SetupError(Exception):
    """What is wrong and how to mend it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="what the tests need, too")
    parser.add_argument(
        "--tools", action="store_true", help="programs that the tests use, from the system's packages"
    )
    parser.add_argument(
        "--this-python",
        action="store_true",
        help="make it with the Python that runs this, whatever else there is",
    )
    options = parser.parse_args()
    try:
        make_environment(this_python=options.this_python)
        install("requirements-dev.lock" if options.dev else "requirements.lock")
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if options.tools:
        install_tools()
    build_console()
    return 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- the environment ----------------------------------------------------------------------------------------------


def make_environment(*, this_python: bool) -> None:
    """Make .venv, or leave it as it is where it works."""
    if works():
        if not this_python:
            tell_of_better()
        return
    if VENV.exists():
        if not (VENV / "pyvenv.cfg").exists():
            raise SetupError(f"{VENV} is no virtual environment. Move it away, and try again.")
        say(
            "The virtual environment does not work any more (its Python is gone, or it was moved): making it again."
        )
        shutil.rmtree(VENV)
    running = examine(sys.executable)
    if running is None:
        raise SetupError(f"{sys.executable} cannot be used: Centralita needs Python 3.11 or later.")
    python = running if this_python else choose(pythons(), install_venv, running)
    if not python.venv:
        completed = install_venv(python)
        if completed is None:
            raise SetupError(
                f"{python.path} cannot make virtual environments: its venv module is not complete. Install it:"
                f" apt-get install {python.venv_package} (or your system's package of the same purpose), and try again."
            )
        python = completed
    say(f"Making a virtual environment with {python}…")
    made = subprocess.run([python.path, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(f"The virtual environment cannot be made: {(made.stderr or made.stdout).strip()}")


def tell_of_better() -> None:
    """One that works is not made again by itself, which would take it away from whoever uses it now."""
    used = examine(PYTHON)
    if used is None or used.optimised:
        return
    better = next((one for one in pythons() if one.optimised), None)
    if better is not None:
        say(f"The virtual environment has {used}. To use {better}, which is faster: make clean, and again.")


def works() -> bool:
    """Whether .venv runs, has pip, and has not been moved since it was made."""
    try:
        code = "import importlib.util, sys; print(sys.prefix if importlib.util.find_spec('pip') else '')"
        answer = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    configuration = (VENV / "bin" / "activate").read_text() if (VENV / "bin" / "activate").exists() else ""
    return Path(answer.stdout.strip()).resolve() == VENV.resolve() and str(VENV) in configuration


def install_venv(python: Interpreter) -> Interpreter | None:
    """Debian and Ubuntu leave out the part of Python that makes virtual environments. How it is then; None where it still cannot."""
    say(f"Installing {python.venv_package}, without which {python.path} cannot make a virtual environment…")
    if not apt(python.venv_package):
        return None
    completed = examine(python.path)
    return completed if completed is not None and completed.venv else None


# --- what goes into it --------------------------------------------------------------------------------------------


def install(lock_name: str) -> None:
    """Install what a lock file says, and this checkout itself, unless that was done before."""
    lock = ROOT / lock_name
    digest = hashlib.sha256()
    for path in (lock, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    stamps = {VENV / f".installed-{name}": name for name in ("requirements-dev.lock", "requirements.lock")}
    stamp = VENV / f".installed-{lock_name}"
    wanted = digest.hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing from {lock_name} (once; some seconds)…")
    pip("install", "--require-hashes", "--only-binary=:all:", "-r", str(lock))
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
    for other in stamps:
        other.unlink(missing_ok=True)
    stamp.write_text(wanted)
    if lock_name == "requirements-dev.lock":  # it holds the other
        runtime = hashlib.sha256()
        for path in (ROOT / "requirements.lock", ROOT / "pyproject.toml"):
            runtime.update(path.read_bytes())
        (VENV / ".installed-requirements.lock").write_text(runtime.hexdigest())


def pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        say(done.stdout)
        raise SetupError(
            "pip could not install what is needed (its words are above). If this machine reaches the network through a proxy"
            " or a mirror, tell pip (https_proxy, or pip config), and try again."
        )


# --- the console --------------------------------------------------------------------------------------------------


def build_console() -> None:
    """Calls do not need it, so what stands against it is told and no more; the checks of ``make test`` insist."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "console.py")])


# --- the system's programs ----------------------------------------------------------------------------------------


def install_tools() -> None:
    """Install the programs that are missing where we may; the tests that need one say so where they are skipped."""
    missing = {program: package for program, package in TOOLS.items() if not found(program)}
    if not missing:
        return
    say(f"Installing {' and '.join(missing.values())} for the tests…")
    if not apt(*missing.values()):
        say(f"Not installed; the tests that need {' or '.join(missing)} will be skipped.")
        say(f"To run them: apt-get install {' '.join(missing.values())}")


def found(program: str) -> bool:
    return shutil.which(program) is not None or any(SERVERS.glob(f"*/bin/{program}"))


def apt(*packages: str) -> bool:
    """Install packages with apt as root, or by a sudo that does not ask. Whether that worked."""
    if shutil.which("apt-get") is None:
        return False
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and shutil.which("sudo") is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    patience = [
        "-o",
        "Acquire::Retries=1",
        "-o",
        "Acquire::http::Timeout=20",
        "-o",
        "Acquire::https::Timeout=20",
    ]
    command = [*root, "apt-get", "install", "-y", "--no-install-recommends", *patience, *packages]
    if subprocess.run(command, **quiet).returncode == 0:
        return True
    subprocess.run([*root, "apt-get", "update", *patience], **quiet)  # a fresh system has no lists yet
    return subprocess.run(command, **quiet).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
