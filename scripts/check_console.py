"""What must hold of the console: its client fits the API, its form, its types, its words in both languages, its own tests.

``--client`` only makes the client of the API anew (``console/src/api/generated.d.ts``), for who works on the pages.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from console import CONSOLE, ConsoleError, Node, packages

PYTHON = Path(sys.executable)
DOCUMENT = CONSOLE / "openapi.json"
CLIENT = "src/api/generated.d.ts"
STEPS = {
    "form and lint": ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off"],
    "types": ["node_modules/typescript-native/bin/tsc", "--noEmit"],
    "tests": ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot"],
}


def make_client(node: Node) -> None:
    document = subprocess.run(
        [str(PYTHON), "-m", "centralita.web.openapi"], stdout=subprocess.PIPE, check=True
    ).stdout
    if DOCUMENT.exists() and DOCUMENT.read_bytes() == document and (CONSOLE / CLIENT).exists():
        return
    (CONSOLE / CLIENT).unlink(missing_ok=True)
    DOCUMENT.write_bytes(document)
    step(node, ["node_modules/openapi-typescript/bin/cli.js", DOCUMENT.name, "-o", CLIENT])


def step(node: Node, command: list[str]) -> None:
    """Raises ConsoleError with what the program said."""
    done = subprocess.run(
        [str(node.node), *command],
        cwd=CONSOLE,
        env=node.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise ConsoleError(done.stdout)


def main() -> int:
    failed = False
    try:
        node = packages()
        make_client(node)
    except (ConsoleError, subprocess.CalledProcessError) as error:
        print(error)
        return 1
    if "--client" in sys.argv[1:]:
        return 0
    for name, command in STEPS.items():
        try:
            step(node, command)
        except ConsoleError as error:
            print(f"console, {name}:\n{error}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
