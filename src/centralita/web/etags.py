"""Entity tags against lost updates (RFC 9110 §8.8.3, §13.1): a change that is made to what somebody else has changed is refused.

A tag is made of what is in force, secrets included, and tells none of it. Whoever changes something compares within the
transaction of the change: :func:`check` is given what is there then.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated

from fastapi import Header

from centralita.web.problems import Problem

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", max_length=2000, description="The `ETag` that the change is made to; 412 otherwise."
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=2000, description="An `ETag` that is known already: 304."),
]
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag_of(value: object, key: bytes = b"") -> str:
    """The tag of plain values: mappings, lists, strings, numbers, booleans, None.

    ``key`` where there is a secret among them: without it, whoever knows the rest could guess a PIN of four digits and compare.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return f'"{hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()}"'


def matches(condition: str, tag: str) -> bool:
    """Whether a tag is among those of a condition; ``*`` stands for any. Weak ones count: what is equal here is equal."""
    return condition.strip() == "*" or tag.strip('"') in _TAG.findall(condition)


def check(if_match: str | None, tag: str | None) -> None:
    """Raises Problem, 412, where the condition is not met. ``tag`` None: there is nothing."""
    if if_match is None or (tag is not None and matches(if_match, tag)):
        return
    raise outdated(tag) if tag else outdated(gone=True)


def outdated(tag: str = "", *, gone: bool = False) -> Problem:
    """412; ``tag``: of what is there now, where it is known."""
    return Problem(
        412,
        "changed-meanwhile",
        f"Somebody else {'removed' if gone else 'changed'} this since you read it",
        mend="Read it again, and make your change to what it is now",
        headers={"ETag": tag} if tag else None,
    )


def known(if_none_match: str | None, tag: str) -> bool:
    """Whether the client has it as it is: 304."""
    return if_none_match is not None and matches(if_none_match, tag)
