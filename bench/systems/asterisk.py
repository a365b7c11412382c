"""Asterisk 22 in its folder of Debian unstable, run through chroot: chan_pjsip, one trunk, devices, CDR to CSV."""

from __future__ import annotations

import os
import shutil
import textwrap
from pathlib import Path

from systems import folder
from systems.base import NUMBERS, PASSWORD, REALM, System, device_name

#: What this work needs and nothing more, so that Asterisk is measured at its best.
MODULES = [
    "res_pjproject",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_timing_timerfd",
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_sdp_rtp",
    "res_pjsip_registrar",
    "res_pjsip_authenticator_digest",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_caller_id",
    "res_pjsip_nat",
    "res_pjsip_dtmf_info",
    "res_pjsip_rfc3326",
    "res_pjsip_acl",
    "res_pjsip_pubsub",
    "res_rtp_asterisk",
    "chan_pjsip",
    "pbx_config",
    "app_dial",
    "bridge_simple",
    "bridge_native_rtp",
    "codec_alaw",
    "codec_ulaw",
    "cdr_csv",
]


class Asterisk(System):
    name = "asterisk"

    @classmethod
    def missing(cls) -> str:
        if os.geteuid() != 0:
            return "Asterisk runs by chroot, which only root may"
        if not (folder() / "asterisk-sid/usr/sbin/asterisk").exists():
            return "no Asterisk 22 here: bench/peers/prepare.sh gets it"
        return ""

    def start(self) -> None:
        self._root = folder() / "asterisk-sid"
        self._inside = Path("/") / f"bench-{os.getpid()}"
        self._files = self._root / self._inside.relative_to("/")
        for name in ("etc", "var", "log", "run", "spool", "keys"):
            (self._files / name).mkdir(parents=True, exist_ok=True)
        (self._files / "log/cdr-csv").mkdir(exist_ok=True)
        self._write()
        configuration = self._inside / "etc/asterisk.conf"
        self.launch(["chroot", str(self._root), "/usr/sbin/asterisk", "-f", "-C", str(configuration)])
        self.answers()

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self._files, ignore_errors=True)

    def records(self) -> int:
        """Call records written so far: the work is the same only if they are."""
        path = self._files / "log/cdr-csv/Master.csv"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def _write(self) -> None:
        first, last = self.site.audio
        inside = self._inside
        self._file(
            "asterisk.conf",
            f"""
            [directories]
            astetcdir => {inside}/etc
            astmoddir => {self._modules()}
            astvarlibdir => {inside}/var
            astdbdir => {inside}/var
            astkeydir => {inside}/keys
            astdatadir => /usr/share/asterisk
            astagidir => {inside}/var
            astspooldir => {inside}/spool
            astrundir => {inside}/run
            astlogdir => {inside}/log
            [options]
            verbose = 0
            debug = 0
            """,
        )
        self._file(
            "modules.conf", "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES)
        )
        self._file("logger.conf", "[general]\n[logfiles]\nmessages => warning,error\n")
        self._file("cdr.conf", "[general]\nenable=yes\n[csv]\nusegmtime=yes\nloguniqueid=yes\n")
        self._file("rtp.conf", f"[general]\nrtpstart={first}\nrtpend={last}\nstrictrtp=yes\n")
        ways = "".join(f"exten => {n},1,Dial(PJSIP/{device_name(i)},30)\n" for i, n in enumerate(NUMBERS))
        self._file(
            "extensions.conf", f"[general]\n[from-trunk]\n{ways}[from-phones]\nexten => _X.,1,Hangup()\n"
        )
        trunk = f"""
            [global]
            type=global
            [transport]
            type=transport
            protocol=udp
            bind={self.site.sip}
            [trunk]
            type=endpoint
            transport=transport
            context=from-trunk
            disallow=all
            allow=alaw
            direct_media=no
            identify_by=ip
            [trunk]
            type=identify
            endpoint=trunk
            match={self.site.trunk}
            [device](!)
            type=endpoint
            transport=transport
            context=from-phones
            disallow=all
            allow=alaw
            direct_media=no
            """
        parts = [textwrap.dedent(trunk)]
        for index in range(self.site.devices):
            name = device_name(index)
            parts.append(
                f"[{name}](device)\nauth={name}\naors={name}\n"
                f"[{name}]\ntype=auth\nauth_type=userpass\nrealm={REALM}\nusername={name}\npassword={PASSWORD}\n"
                f"[{name}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\nminimum_expiration=60\n"
            )
        self._file("pjsip.conf", "".join(parts))

    def _file(self, name: str, text: str) -> None:
        (self._files / "etc" / name).write_text(textwrap.dedent(text))

    def _modules(self) -> str:
        found = next((self._root / "usr/lib").glob("*/asterisk/modules"))
        return "/" + str(found.relative_to(self._root))
