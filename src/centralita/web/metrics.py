"""The metrics for Prometheus, read from the switch at each scrape. Labels are bounded: no number, user, tenant or trunk is one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from centralita import jobstatus, processes
from centralita.control import ControlClient, Health, RequestRefused, SwitchUnavailable
from centralita.settings import Settings

Metric = GaugeMetricFamily | CounterMetricFamily
TRUNK_STATES = ("up", "down", "unknown", "registering", "registered", "refused")


class SwitchCollector(Collector):
    """Asks the switch and the supervisor's file. Where the switch does not answer, ``centralita_up`` is 0 and its figures are absent."""

    def __init__(self, switch: ControlClient, settings: Settings) -> None:
        self._switch = switch
        self._settings = settings

    def describe(self) -> list[Metric]:
        return []  # nothing is asked while we are registered

    def collect(self) -> Iterator[Metric]:
        try:
            health = self._switch.health()
            trunks = Counter(trunk.state for trunk in self._switch.trunks())
        except (SwitchUnavailable, RequestRefused):
            yield _gauge("up", "Whether the switch answers.", 0)
        else:
            yield _gauge("up", "Whether the switch answers.", 1)
            yield from _calls(health)
            yield from _media(health)
            by_state = GaugeMetricFamily("centralita_trunks", "Trunks by state.", labels=["state"])
            for state in TRUNK_STATES:
                by_state.add_metric([state], trunks[state])
            yield by_state
        yield from _jobs(self._settings.run_folder)
        yield from _processes(self._settings.run_folder)


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"centralita_{name}", help_text, value=value)


def _calls(health: Health) -> Iterator[Metric]:
    yield _gauge("ok", "Whether the switch can take calls.", int(health.ok))
    yield _gauge("uptime_seconds", "Since the switch started.", health.uptime)
    yield _gauge("calls_live", "Calls that are up.", health.calls)
    yield _gauge("sip_sessions", "SIP dialogs, early and confirmed.", health.sessions)
    yield _gauge("sip_transactions", "SIP transactions.", health.transactions)
    yield _gauge("registrations", "Contacts of devices that have not expired.", health.registrations)
    yield _gauge("journal_ok", "Whether the journal can be written.", int(health.journal.ok))
    ended = CounterMetricFamily(
        "centralita_calls_ended", "Calls ended since the switch started.", labels=["direction", "outcome"]
    )
    for direction, outcomes in health.ended.items():
        for outcome, count in outcomes.items():
            ended.add_metric([direction, outcome], count)
    yield ended


def _media(health: Health) -> Iterator[Metric]:
    up = GaugeMetricFamily("centralita_media_up", "Whether a media worker is up.", labels=["worker"])
    used = GaugeMetricFamily("centralita_media_ports_in_use", "Audio ports handed out.", labels=["worker"])
    free = GaugeMetricFamily("centralita_media_ports_free", "Audio ports to hand out.", labels=["worker"])
    for worker in health.media:
        up.add_metric([worker.worker], int(worker.up))
        used.add_metric([worker.worker], worker.ports_in_use)
        free.add_metric([worker.worker], worker.ports_free)
    yield from (up, used, free)


def _jobs(run_folder: Path) -> Iterator[Metric]:
    status = jobstatus.read(run_folder)
    if status is None:
        return
    yield _gauge(
        "journal_lag_bytes", "What of the journal is not in the call records yet.", status.behind_bytes
    )
    yield _gauge("records_ok", "Whether call records can be saved.", int(not status.records_error))
    yield _gauge("mail_ok", "Whether voicemail can be mailed.", int(not status.mail_error))
    yield _gauge("mails_waiting", "Voicemail messages to be mailed.", status.mails_waiting)
    told = CounterMetricFamily(
        "centralita_webhook_messages", "Messages to webhooks, by how they ended.", labels=["state"]
    )
    told.add_metric(["delivered"], status.webhook_messages_sent)
    told.add_metric(["failed"], status.webhook_messages_failed)
    yield told


def _processes(run_folder: Path) -> Iterator[Metric]:
    up = GaugeMetricFamily("centralita_process_up", "Whether a process runs.", labels=["process"])
    restarts = CounterMetricFamily(
        "centralita_process_restarts", "Times that a process was started again.", labels=["process"]
    )
    cpu = CounterMetricFamily(
        "centralita_process_cpu_seconds", "CPU time of a process since it started.", labels=["process"]
    )
    memory = GaugeMetricFamily("centralita_process_memory_bytes", "Resident memory.", labels=["process"])
    status = processes.read(run_folder)
    for process in status.processes if status else []:
        if process.done:
            continue
        up.add_metric([process.name], int(process.up))
        restarts.add_metric([process.name], process.restarts)
        if usage := _usage(process.pid):
            cpu.add_metric([process.name], usage[0])
            memory.add_metric([process.name], usage[1])
    yield from (up, restarts, cpu, memory)


def _usage(pid: int) -> tuple[float, int] | None:
    """CPU seconds and resident bytes of a process (proc_pid_stat(5)); None where it is gone."""
    if not pid:
        return None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    user, system, resident_pages = int(fields[11]), int(fields[12]), int(fields[21])
    return (user + system) / os.sysconf("SC_CLK_TCK"), resident_pages * os.sysconf("SC_PAGE_SIZE")
