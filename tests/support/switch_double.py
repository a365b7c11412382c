"""A switch that only answers on its control socket, with what a test gives it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from centralita import control

HEALTH = control.Health(
    ok=True,
    version="0.1.0",
    uptime=12.5,
    calls=1,
    sessions=2,
    transactions=3,
    registrations=4,
    media=[control.MediaStatus(worker="media-1", up=True, ports_in_use=2, ports_free=4998)],
    journal=control.JournalStatus(ok=True),
    tenants={"demo": 7},
    ended={"inbound": {"answered": 5}, "internal": {"no-answer": 6}},
    pid=1,
)


class SwitchDouble:
    """``replies`` maps a command to what is answered; bytes are sent as they are."""

    def __init__(self) -> None:
        self.replies: dict[str, control.Reply | bytes] = {
            "health": HEALTH,
            "calls": control.CallList([]),
            "registrations": control.RegistrationList([]),
            "trunks": control.TrunkList([]),
            "reload": control.Reloaded({"demo": 7}),
            "occupancy": control.Occupancy(),
        }
        self.asked: list[control.AnyRequest] = []

    def answer(self, line: bytes) -> bytes:
        try:
            request = control.decode_request(line)
        except ValueError as error:
            return control.encode(control.Refusal(str(error)))
        self.asked.append(request)
        reply = self.replies[request.__struct_config__.tag]  # type: ignore[index]  # every request has its tag
        return reply if isinstance(reply, bytes) else control.encode(reply)


@contextmanager
def switch_double(socket_path: Path) -> Iterator[SwitchDouble]:
    """Serves on the socket until the block ends."""
    double = SwitchDouble()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(double.answer(line))

    socket_path.parent.mkdir(parents=True, exist_ok=True)
    with socketserver.ThreadingUnixStreamServer(str(socket_path), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
