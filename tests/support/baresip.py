"""A real telephone for tests: a baresip process without sound card, that plays a file and records what it hears.

It is driven over its control socket (module ctrl_tcp, JSON in netstrings). Each phone has a folder of its own with its
configuration, its log with every SIP message, and a WAV file of what it heard and of what it said for each call.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support import audio
from support.audio import Sound
from support.children import die_with_parent
from support.ports import PortSlice
from support.waiting import until

_MODULES = Path("/usr/lib/baresip/modules")


def missing() -> str:
    """Why there can be no phones on this machine, or nothing."""
    if not shutil.which("baresip"):
        return "baresip is not installed (apt-get install baresip-core)"
    needed = ("ctrl_tcp", "aufile", "sndfile", "aubridge", "g711", "menu", "account")
    absent = [name for name in needed if not (_MODULES / f"{name}.so").exists()]
    return f"baresip lacks the modules {', '.join(absent)}" if absent else ""


@dataclass(frozen=True, slots=True)
class Account:
    """What a person types into a phone."""

    user: str
    password: str
    server: str
    """host:port"""
    transport: str = "udp"
    expires: int = 300


@dataclass(frozen=True, slots=True)
class Event:
    """What baresip told over its control socket."""

    type: str
    param: str
    at: float
    """Monotonic seconds at which it was read."""
    peer: str
    call_id: str


class Phone:
    """One baresip process. ``plays`` is its microphone: it begins anew with each call."""

    def __init__(
        self,
        folder: Path,
        ports: PortSlice,
        plays: Sound,
        account: Account | None = None,
        *,
        name: str = "phone",
        answers: bool = False,
        codecs: str = "PCMA/8000/1,PCMU/8000/1",
    ) -> None:
        self.folder = folder
        self.name = account.user if account else name
        self.sip_port = ports.take(2)  # the second is its TLS port
        self._control_port = ports.take()
        self._audio_port = ports.take(20)
        self.account = account
        self.events: list[Event] = []
        self._news = threading.Condition()
        self._responses: dict[str, tuple[bool, str]] = {}
        self._token = 0
        self._recordings = folder / "recordings"
        self._recordings.mkdir(parents=True, exist_ok=True)
        audio.write(folder / "microphone.wav", plays)
        self._write_configuration(answers, codecs)
        self._log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            ["baresip", "-4", "-s", "-v", "-f", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
        self._socket = until(self._connect, "baresip's control socket", every=0.02, seen=self.log)
        threading.Thread(target=self._read, name=f"baresip-{self.name}", daemon=True).start()

    # --- what a person does -------------------------------------------------------------------------------------

    def dial(self, target: str) -> None:
        """A number as it is typed, or a whole URI."""
        self.command("dial", target)

    def accept(self) -> None:
        self.command("accept")

    def hang_up(self) -> None:
        """Ends the call, gives it up while it rings, or refuses it."""
        self.command("hangup")

    def hold(self) -> None:
        self.command("hold")

    def resume(self) -> None:
        self.command("resume")

    def press(self, digits: str, *, pace: float = 0.32) -> None:
        """Press keys one after the other; baresip itself takes 180 ms for one (RFC 4733)."""
        for index, digit in enumerate(digits):
            if index:
                time.sleep(pace)
            self.command("sndcode", digit)

    def command(self, name: str, params: str = "", *, seconds: float = 5.0) -> str:
        """Run a baresip command; what it printed comes back. AssertionError when it was refused."""
        with self._news:
            self._token += 1
            token = str(self._token)
        message = json.dumps({"command": name, "params": params, "token": token}).encode()
        self._socket.sendall(b"%d:%s," % (len(message), message))
        with self._news:
            if not self._news.wait_for(lambda: token in self._responses, seconds):
                raise AssertionError(f"{self.name}: no response to {name} {params}\n{self.log()}")
            ok, text = self._responses.pop(token)
        assert ok, f"{self.name}: {name} {params} was refused: {text}"
        return text

    # --- what can be seen ---------------------------------------------------------------------------------------

    def mark(self) -> int:
        """A point in time for ``wait``: events that follow."""
        return len(self.events)

    def wait(self, kind: str, *, after: int = 0, seconds: float = 10.0, param: str = "") -> Event:
        """The first event of this type after a mark, waited for; ``param`` must be part of its parameter."""

        def found() -> Event | None:
            return next((e for e in self.events[after:] if e.type == kind and param in e.param), None)

        with self._news:
            event = self._news.wait_for(found, seconds)
        if event is None:
            seen = [f"{e.type} {e.param}" for e in self.events[after:]]
            raise AssertionError(
                f"{self.name}: no {kind} {param} within {seconds:g} s, but {seen}\n{self.log()}"
            )
        return event

    def registered(self, seconds: float = 5.0) -> None:
        """Wait until the registration has been accepted (it may have been before the control socket was open)."""
        until(
            lambda: "OK" in self.command("reginfo"),
            f"{self.name} is registered",
            seconds=seconds,
            seen=self.log,
        )

    def answered(self, *, after: int = 0, seconds: float = 10.0) -> None:
        self.wait("CALL_ESTABLISHED", after=after, seconds=seconds)

    def rings(self, *, after: int = 0, seconds: float = 10.0) -> Event:
        return self.wait("CALL_INCOMING", after=after, seconds=seconds)

    def ended(self, *, after: int = 0, seconds: float = 10.0) -> Event:
        """Wait for the end of a call; the event's parameter says why (486 Busy Here …)."""
        return self.wait("CALL_CLOSED", after=after, seconds=seconds)

    def heard(self, call: int = -1) -> Sound:
        """What came out of the loudspeaker in a call (the last one), so far.

        Known flaw of baresip 1.0: after a re-INVITE that *it* sends or gets, it plays on but no longer records.
        """
        return self._recorded("dec", call)

    def said(self, call: int = -1) -> Sound:
        return self._recorded("enc", call)

    def hears(
        self, check: Callable[[Sound], object], what: str, *, call: int = -1, seconds: float = 10.0
    ) -> Sound:
        """Wait until what was heard so far satisfies the check."""
        until(
            lambda: check(self.heard(call)),
            f"{self.name} hears {what}",
            seconds=seconds,
            every=0.2,
            seen=lambda: self._describe(call),
        )
        return self.heard(call)

    def log(self) -> str:
        """The end of its log, SIP messages included."""
        text = (self.folder / "log").read_text("utf-8", "replace")
        return text[-6000:]

    def stop(self) -> None:
        """Quit (it unregisters and hangs up by itself); killed when it does not."""
        if self.process.poll() is None:
            try:
                self.command("quit", seconds=2.0)
            except (AssertionError, OSError):
                self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._socket.close()
        self._log.close()

    def kill(self) -> None:
        """As if its cable was pulled: no BYE, no unregistering."""
        self.process.kill()
        self.process.wait()

    # --- inside -------------------------------------------------------------------------------------------------

    def _recorded(self, side: str, call: int) -> Sound:
        files = sorted(self._recordings.glob(f"dump-*-{side}.wav"))
        if not files or not -len(files) <= call < len(files):
            return audio.silence(0)
        try:
            return audio.read(files[call])
        except ValueError:  # its header is not written yet
            return audio.silence(0)

    def _describe(self, call: int) -> str:
        sound = self.heard(call)
        spans = [
            f"{s.start:.2f}-{s.end:.2f} {audio.dominant(sound.part(s.start, s.end)):.0f} Hz"
            f" {audio.level(sound.part(s.start, s.end)):.0f} dBFS"
            for s in audio.loud(sound)
        ]
        return f"{sound.seconds:.2f} s with {spans[:20]}"

    def _connect(self) -> socket.socket | None:
        assert self.process.poll() is None, f"baresip ended\n{self.log()}"
        try:
            return socket.create_connection(("127.0.0.1", self._control_port), 2.0)
        except OSError:
            return None

    def _read(self) -> None:
        buffer = b""
        self._socket.settimeout(None)
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while (frame := _netstring(buffer)) is not None:
                text, buffer = frame
                self._told(json.loads(text))

    def _told(self, message: dict[str, object]) -> None:
        with self._news:
            if message.get("event"):
                self.events.append(
                    Event(
                        str(message["type"]),
                        str(message.get("param", "")),
                        time.monotonic(),
                        str(message.get("peeruri", "")),
                        str(message.get("id", "")),
                    )
                )
            else:
                self._responses[str(message["token"])] = bool(message["ok"]), str(message["data"])
            self._news.notify_all()

    def _write_configuration(self, answers: bool, codecs: str) -> None:
        settings = {
            "poll_method": "epoll",
            "sip_listen": f"127.0.0.1:{self.sip_port}",
            "net_interface": "127.0.0.1",
            "call_local_timeout": "120",
            "call_max_calls": "4",
            "audio_source": f"aufile,{self.folder}/microphone.wav",
            "audio_player": f"aubridge,{self.name}",
            "audio_alert": f"aubridge,alert-{self.name}",
            "ausrc_srate": "8000",
            "auplay_srate": "8000",
            "ausrc_channels": "1",
            "auplay_channels": "1",
            "audio_buffer": "20-160",
            "jitter_buffer_delay": "2-5",
            "rtp_ports": f"{self._audio_port}-{self._audio_port + 19}",
            "module_path": str(_MODULES),
            "snd_path": str(self._recordings),
            "ctrl_tcp_listen": f"127.0.0.1:{self._control_port}",
            "ringback_disabled": "yes",
            "statmode_default": "off",
        }
        modules = [
            *(f"module {name}.so" for name in ("g711", "g722", "sndfile", "aubridge", "aufile")),
            *(f"module_tmp {name}.so" for name in ("uuid", "account")),
            *(f"module_app {name}.so" for name in ("menu", "debug_cmd", "ctrl_tcp")),
        ]
        lines = [f"{key} {value}" for key, value in settings.items()] + modules
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        mode = "auto" if answers else "manual"
        if self.account is None:
            line = f"<sip:{self.name}@127.0.0.1:{self.sip_port}>;regint=0"
        else:
            own = self.account
            line = (
                f"<sip:{own.user}@{own.server};transport={own.transport}>"
                f";auth_user={own.user};auth_pass={own.password};regint={own.expires}"
            )
        (self.folder / "accounts").write_text(f"{line};answermode={mode};audio_codecs={codecs}\n")
        (self.folder / "contacts").write_text("")


def _netstring(buffer: bytes) -> tuple[bytes, bytes] | None:
    """The first whole netstring and what follows it, or None when more has to be read."""
    length, colon, rest = buffer.partition(b":")
    if not colon or len(rest) < int(length) + 1:
        return None
    return rest[: int(length)], rest[int(length) + 1 :]
