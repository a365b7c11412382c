"""How a Python was built. Also run as a program, by any Python, to ask it: ``scripts/setup.py`` chooses by the answer.

Standard library only, and nothing of this package.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import sysconfig


def optimised() -> bool:
    """Whether the running Python was built with profile-guided optimisation, without which its bare loops take half as long again.

    It is the option of its build (``--enable-optimizations``) that tells. Debian and Ubuntu profile without it, and take
    the traces out of what they install: so a Python whose home is ``/usr`` counts, which is where distributions put theirs.
    """
    arguments = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    return "--enable-optimizations" in arguments or "-fprofile-use" in arguments or sys.base_prefix == "/usr"


def describe() -> str:
    """What a person calls it: version, place and build."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return f"Python {version}, {'optimised' if optimised() else 'not an optimised build'}"


if __name__ == "__main__":
    answer = {
        # Of a virtual environment its origin: environments are not made of one that may go away.
        "executable": getattr(sys, "_base_executable", sys.executable),
        "version": sys.version_info[:3],
        "optimised": optimised(),
        "venv": all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")),
    }
    print(json.dumps(answer))
