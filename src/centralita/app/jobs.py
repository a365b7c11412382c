"""The jobs process: records, mail and retention, with the adapters they work on."""

from __future__ import annotations

import sys
import time
from zoneinfo import ZoneInfo

from centralita.app.child import FATAL_EXIT_CODE
from centralita.app.logs import configure_logs
from centralita.jobs.calendar_feeds import CalendarFeeds
from centralita.jobs.mail import MailSettings
from centralita.jobs.own_prompts import OwnPrompts
from centralita.jobs.recipients import ConfiguredRecipients
from centralita.jobs.retention import RetentionSettings
from centralita.jobs.tenant_work import TenantWork
from centralita.jobs.worker import JobsParts, JobsSettings, Log, run
from centralita.settings import Settings, load
from centralita.store.configs import ConfigStore
from centralita.store.database import Database, DatabaseUnavailable
from centralita.store.feeds import FeedStore
from centralita.store.hook_outbox import HookOutbox
from centralita.store.journal import JournalReader
from centralita.store.mailboxes import MailboxStore
from centralita.store.outbox import MailOutbox
from centralita.store.queue_events import QueueEventStore
from centralita.store.records import RecordStore
from centralita.store.secrets import SecretBox, SecretsUnavailable, load_key
from centralita.store.sounds import OwnSounds


def jobs_settings(settings: Settings) -> JobsSettings:
    """What the jobs are told, from the settings of the installation."""
    return JobsSettings(
        status_folder=settings.run_folder,
        mail=MailSettings(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
            sender=settings.smtp_from,
            check_certificate=settings.smtp_check_certificate,
        ),
        retention=RetentionSettings(
            journal_days=settings.journal_days,
            recordings=settings.recordings_folder,
            recording_days=settings.recording_days,
        ),
        allow=settings.lookup_allow,
    )


def jobs_parts(settings: Settings, log: Log) -> JobsParts:
    """Raises DatabaseUnavailable where the URL is none, SecretsUnavailable."""
    # Records can be made again from the journal: their writing need not wait for the disk each time.
    database = Database(settings.database, durable=False)
    secrets = SecretBox(load_key(settings.secret_key_file))
    configs = ConfigStore(database, secrets)
    return JobsParts(
        source=JournalReader(settings.journal_folder),
        records=RecordStore(database),
        outbox=MailOutbox(database),
        recipients=ConfiguredRecipients(configs),
        voicemail=MailboxStore(settings.voicemail_folder, time.time),
        tenants=tenant_work(settings, database, configs),
        log=log,
        queue_events=QueueEventStore(database),
        hooks=HookOutbox(database, secrets, time.time),
    )


def tenant_work(settings: Settings, database: Database, configs: ConfigStore) -> TenantWork:
    """What published configurations ask to be made ready."""
    feeds = CalendarFeeds(FeedStore(database, configs), calendar_problem, time.time, settings.lookup_allow)
    return TenantWork(configs, OwnPrompts(OwnSounds(settings.prompts_folder)), feeds)


def calendar_problem(text: str) -> str:
    """What is wrong with a text that should be a calendar; empty where nothing is."""
    from centralita.pbx.calendars import ical

    try:
        ical.read(text, ZoneInfo("UTC"))
    except ValueError as error:
        return str(error)
    return ""


def main() -> int:
    settings = load()
    log = configure_logs("jobs", settings)
    try:
        parts = jobs_parts(settings, log)
    except (DatabaseUnavailable, SecretsUnavailable) as error:
        log.error(error.message, mend=error.mend)
        return FATAL_EXIT_CODE
    return run(jobs_settings(settings), parts)


if __name__ == "__main__":
    sys.exit(main())
