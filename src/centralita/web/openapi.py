"""Prints the API's OpenAPI document without a running exchange: ``python -m centralita.web.openapi``. The console's client is made of it."""

from __future__ import annotations

import json
import sys

from centralita.web.application import bare


def main() -> int:
    json.dump(bare().openapi(), sys.stdout, ensure_ascii=False, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
