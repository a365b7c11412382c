"""Everything that must hold before a change is taken: form, lint, types, who imports whom, the console, and all tests.

Runs in the virtual environment (``make test``). All steps run even if one fails; pytest comes last, so that its closing line is the
last line of a good run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
CODE = ["src", "tests", "bench", "scripts"]

PYTHON = str(BIN / "python")
STEPS = {
    "form": [str(BIN / "ruff"), "format", "--check", "--quiet"],
    "lint": [str(BIN / "ruff"), "check", "--quiet"],
    "types": [str(BIN / "mypy"), "--no-error-summary"],
    "imports": [str(BIN / "lint-imports")],
    "console": [PYTHON, str(ROOT / "scripts" / "check_console.py")],
}


def main() -> int:
    failed = []
    for name, command in STEPS.items():
        folders = [folder for folder in CODE if (ROOT / folder).is_dir()] if "ruff" in command[0] else []
        began = time.monotonic()
        done = subprocess.run(
            [*command, *folders], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        good = done.returncode == 0
        print(f"{name:8} {'ok' if good else 'FAILED'} ({time.monotonic() - began:.1f} s)", flush=True)
        if not good:
            print(done.stdout, flush=True)
            failed.append(name)
    workers = os.environ.get("PYTEST_XDIST_WORKERS", "2")
    command = [str(BIN / "pytest"), "-r", "fEsX", "-n", workers, "--dist", "loadgroup", *sys.argv[1:]]
    if subprocess.run(command, cwd=ROOT).returncode != 0:
        failed.append("tests")
    if failed:
        print(f"FAILED: {', '.join(failed)}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
