"""Kamailio as a stateful proxy for the same calls: it keeps no dialog, carries no audio and writes no record, so that
the comparison flatters it; a registrar with digest for the same REGISTER."""

from __future__ import annotations

import shutil
import textwrap

from systems.base import NUMBERS, PASSWORD, System, device_name


class Kamailio(System):
    name = "kamailio"
    relays = False

    @classmethod
    def missing(cls) -> str:
        return "" if shutil.which("kamailio") else "Kamailio is not installed: bench/peers/prepare.sh gets it"

    def start(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)
        configuration = self.work / "kamailio.cfg"
        configuration.write_text(textwrap.dedent(self._configuration()))
        run = self.work / "run"
        run.mkdir(exist_ok=True)
        # -DD: in the foreground with its children; -m, -M: MiB of shared and private memory.
        self.launch(
            ["kamailio", "-f", str(configuration), "-DD", "-E", "-m", "256", "-M", "16", "-Y", str(run)]
        )
        self.answers()

    def _configuration(self) -> str:
        host, _, port = self.site.sip.rpartition(":")
        numbers = "".join(
            f'if ($rU == "{number}") {{ $rU = "{device_name(index)}"; }}\n'
            for index, number in enumerate(NUMBERS)
        )
        return f"""
            debug=0
            log_stderror=yes
            children=2
            disable_tcp=yes
            auto_aliases=no
            listen=udp:{host}:{port}
            loadmodule "tm.so"
            loadmodule "sl.so"
            loadmodule "rr.so"
            loadmodule "pv.so"
            loadmodule "maxfwd.so"
            loadmodule "textops.so"
            loadmodule "siputils.so"
            loadmodule "usrloc.so"
            loadmodule "registrar.so"
            loadmodule "auth.so"
            modparam("usrloc", "db_mode", 0)
            modparam("registrar", "default_expires", 300)
            modparam("auth", "nonce_expire", 300)
            request_route {{
                if (!mf_process_maxfwd_header("70")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
                if (has_totag()) {{
                    if (loose_route() || is_method("ACK")) {{ t_relay(); }} else {{ sl_send_reply("404", "Not Here"); }}
                    exit;
                }}
                if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
                if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
                t_check_trans();
                if (is_method("REGISTER")) {{
                    if (!pv_www_authenticate("$td", "{PASSWORD}", "0")) {{ www_challenge("$td", "1"); exit; }}
                    save("location", "0x04");  # one contact a device: the new one replaces the old
                    exit;
                }}
                if ($si != "{self.site.trunk}") {{ sl_send_reply("403", "Forbidden"); exit; }}
                {numbers}
                record_route();
                if (!lookup("location")) {{ sl_send_reply("480", "Temporarily Unavailable"); exit; }}
                t_relay();
            }}
        """
