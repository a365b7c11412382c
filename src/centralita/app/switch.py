"""The switch process: every adapter made and handed to the service. ``python -m centralita.app.switch``."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable

import structlog
import uvloop

from centralita.app.child import FATAL_EXIT_CODE
from centralita.app.limits import raise_file_limit
from centralita.app.logs import configure_logs
from centralita.app.prompt_recorder import PromptRecorder
from centralita.media.client import MediaClient, MediaSettings, WorkerSpec
from centralita.ports import Clock, Geography, JournalUnavailable
from centralita.settings import Settings, SettingsError, load
from centralita.sip.endpoint import EndpointSettings
from centralita.sip.parser import Limits
from centralita.sip.registrar import ExpiryBounds
from centralita.store.configs import ConfigStore
from centralita.store.database import Database, DatabaseUnavailable
from centralita.store.geoip import AddressDatabase, GeographyUnavailable, NoGeography
from centralita.store.journal import JournalWriter
from centralita.store.locations import LocationStore
from centralita.store.mailboxes import MailboxStore
from centralita.store.prompts import PromptStore
from centralita.store.secrets import SecretBox, SecretsUnavailable, derive, load_key
from centralita.store.tenant_states import TenantStateStore
from centralita.switch.exchange import ExchangeSettings
from centralita.switch.service import Fittings, Readers, ServiceSettings, SwitchService


def exchange_settings(settings: Settings, key: bytes) -> ExchangeSettings:
    """What the exchange is told, from the settings of the installation."""
    return ExchangeSettings(
        advertise=settings.advertised_host,
        sip_port=settings.sip_port,
        realm=settings.realm,
        secret=derive(key, "nonces"),
        data=settings.data.absolute(),
        endpoint=EndpointSettings(
            advertised_host=settings.advertised_host,
            port=settings.sip_port,
            max_transactions=settings.max_transactions,
            max_pending_invites=settings.max_pending_calls,
            limits=Limits(max_message=settings.max_message_size),
        ),
        registration=ExpiryBounds(),
        lookup_allow=settings.lookup_allow,
        digest_algorithms=tuple(settings.digest.upper().split(",")),
    )


def fitter(settings: Settings, key: bytes) -> Callable[[Clock, Readers], Fittings]:
    """Makes the adapters, once there is a clock and a loop. Raises what they raise at their start."""

    def fit(clock: Clock, readers: Readers) -> Fittings:
        data = settings.data.absolute()
        log = structlog.get_logger("media")
        journal = JournalWriter(
            settings.journal_folder.absolute(), clock.wall, sync_seconds=settings.journal_sync_ms / 1000
        )
        media = MediaClient(
            [
                WorkerSpec(f"media-{number}", settings.media_socket(number).absolute())
                for number in range(1, settings.workers + 1)
            ],
            clock,
            f"{time.time_ns():x}",
            add_reader=readers.add_reader,
            remove_reader=readers.remove_reader,
            settings=MediaSettings(silent_after=settings.media_timeout),
            log=log.info,
            on_change=lambda worker: log.info("worker", name=worker.name, up=worker.up),
        )
        locations = LocationStore(settings.bindings_folder.absolute(), clock)
        prompt_recorder = PromptRecorder(settings)
        prompt_recorder.sweep()
        tenant_states = TenantStateStore(data / "tenants" / "states.db")

        def close() -> None:
            tenant_states.close()
            locations.close()
            journal.close()

        return Fittings(
            media=media,
            journal=journal,
            locations=locations,
            mailboxes=MailboxStore(settings.voicemail_folder.absolute(), clock.wall),
            prompts=PromptStore(data),
            configs=ConfigStore(Database(settings.database), SecretBox(key)),
            geography=geography(settings),
            unfinished=[event for journey in journal.recover() for event in journey.closing()],
            tenant_states=tenant_states,
            prompt_recorder=prompt_recorder,
            close=close,
        )

    return fit


def geography(settings: Settings) -> Geography:
    """Raises GeographyUnavailable."""
    return AddressDatabase(settings.geoip_database) if settings.geoip_database else NoGeography()


async def serve(settings: Settings, key: bytes) -> None:
    loop = asyncio.get_running_loop()
    service = SwitchService(
        ServiceSettings(
            bind=settings.bind,
            sip_port=settings.sip_port,
            control_socket=settings.switch_socket.absolute(),
            max_connections=settings.max_connections,
            max_connections_per_address=settings.max_connections_per_address,
        ),
        exchange_settings(settings, key),
        fitter(settings, key),
        loop,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, service.stop)
    await service.run()


def main() -> int:
    try:
        settings = load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return FATAL_EXIT_CODE
    log = configure_logs("switch", settings)
    raise_file_limit()
    try:
        uvloop.run(serve(settings, load_key(settings.secret_key_file.absolute())))
    except (SecretsUnavailable, DatabaseUnavailable, GeographyUnavailable) as error:
        log.error(error.message, mend=error.mend)
        return FATAL_EXIT_CODE
    except JournalUnavailable as error:
        log.error(str(error), mend="Free the disk, or give this user the folder")
        return FATAL_EXIT_CODE
    except OSError as error:
        log.error(
            f"cannot serve on {settings.bind}:{settings.sip_port}: {error.strerror or error}",
            mend="Set CENTRALITA_SIP_PORT or CENTRALITA_BIND",
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
