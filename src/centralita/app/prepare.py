"""The first start makes everything: the data folder, the key, the database and, where asked for, the demo tenant.

Every step is repeated without harm, and all of them are passed over when nothing has changed since they were last done: the
usual start reads one small file and imports no database. The prompts, which take longer, are made by ``app.prompts`` while
phones already register.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from centralita import __version__
from centralita.app.errors import StartError
from centralita.settings import Settings, SettingsError, load

Say = Callable[[str], None]


class Prepared(msgspec.Struct):
    """What stands in ``DATA/.prepared``."""

    fingerprint: str
    demo: bool


def data_folder(settings: Settings) -> None:
    """Make the data folder, which only its owner may look into. Raises StartError."""
    folder = settings.data.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.run_folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise StartError(f"{folder} is not a folder", "Move that file away, or set CENTRALITA_DATA") from None
    except OSError as error:
        raise StartError(
            f"The data folder {folder} cannot be made: {error.strerror}",
            "Make it for this user, or set CENTRALITA_DATA to another",
        ) from None
    owner = folder.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise StartError(
            f"{folder} belongs to {_user_name(owner)}, and what root makes in it would be closed to them",
            f"Run it as them: sudo -u {_user_name(owner)} centralita …",
        )
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StartError(
            f"The data folder {folder} cannot be read and written by this user",
            "Run as its owner, or give it to this user: chown -R",
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def is_prepared(settings: Settings, *, demo: bool) -> bool:
    """Whether all that the start needs was made by this version, with these settings."""
    try:
        prepared = msgspec.json.decode(_marker(settings).read_bytes(), type=Prepared)
    except (OSError, msgspec.DecodeError):
        return False
    if not settings.secret_key_file.exists() or prepared.fingerprint != _fingerprint(settings):
        return False
    if settings.database_url is None and not (settings.data / "centralita.db").exists():
        return False
    return prepared.demo or not demo


def initialise(settings: Settings, *, demo: bool, say: Say) -> None:
    """Make what is missing, the prompts included. Raises StartError."""
    os.umask(0o077)
    data_folder(settings)
    prepare(settings, demo=demo)
    from centralita.app.prompts import make_prompts

    make_prompts(settings, say)


def prepare(settings: Settings, *, demo: bool) -> None:
    """Make the key and the database, and load the demo tenant if it is asked for and not there. Raises StartError."""
    from centralita.store.database import Database, DatabaseUnavailable
    from centralita.store.secrets import SecretBox, SecretsUnavailable, create_key

    if not settings.secret_key_file.exists() and _marker(settings).exists():
        raise StartError(
            f"{settings.secret_key_file} is missing, and the passwords in the database were encrypted with it",
            "Bring it back from the backup. Where there is none: remove .prepared beside it, and give each device and trunk"
            " a new password",
        )
    try:
        key = create_key(settings.secret_key_file)
        database = Database(settings.database)
        database.migrate()
        if demo:
            from centralita.app.demo import load_demo

            load_demo(database, SecretBox(key))
        database.close()
    except (DatabaseUnavailable, SecretsUnavailable) as error:
        raise StartError(error.message, error.mend or "See the log") from None
    except OSError as error:
        raise StartError(
            f"{error.filename or settings.data}: {error.strerror}", "Is the disk full, or not ours?"
        ) from None
    loaded = demo or (_marker(settings).exists() and is_prepared(settings, demo=True))
    _marker(settings).write_bytes(msgspec.json.encode(Prepared(_fingerprint(settings), loaded)))


def _marker(settings: Settings) -> Path:
    return settings.data / ".prepared"


def _fingerprint(settings: Settings) -> str:
    """Changes with the version, the database and its migrations: then preparing is worth its time."""
    from centralita import store

    folder = Path(
        store.__path__[0], "migrations", "versions"
    )  # without importing it: that takes half a second
    known = [__version__, settings.database, *sorted(path.name for path in folder.glob("*.py"))]
    return hashlib.sha256("\0".join(known).encode()).hexdigest()


def main() -> int:
    """``python -m centralita.app.prepare [--demo]``: the last line of a failure is the message, a tab, and the mend."""
    parser = argparse.ArgumentParser(prog="python -m centralita.app.prepare")
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    try:
        prepare(load(), demo=options.demo)
    except StartError as error:
        print(f"{error.message}\t{error.mend}", file=sys.stderr)
        return 1
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
