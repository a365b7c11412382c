"""Before anything starts: the lock of the data folder, and the ports."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from centralita.app.child import BackOff, describe_exit
from centralita.app.errors import StartError
from centralita.app.lock import FolderInUse, FolderLock, is_held
from centralita.app.ports import check_port, check_ports, holder_of
from centralita.app.prepare import data_folder
from centralita.settings import Settings


def test_a_data_folder_has_one_holder(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with FolderLock(tmp_path):
        assert is_held(tmp_path)
        with pytest.raises(FolderInUse) as caught, FolderLock(tmp_path):
            pass
        assert caught.value.pid == os.getpid()
    with FolderLock(tmp_path):
        pass  # given back
    assert not is_held(tmp_path)


def test_root_does_not_make_files_in_the_folder_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service could not read them, and would not start."""
    if os.geteuid() == 0:
        os.chown(tmp_path, 12345, 12345)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(StartError, match=r"belongs to .* sudo -u"):
        data_folder(Settings(data=tmp_path))


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_port_in_use_is_told_with_its_holder_and_setting(transport: str) -> None:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if transport == "tcp":
            taken.listen()
        port = taken.getsockname()[1]
        problem = check_port("127.0.0.1", port, transport, "sip_port")
        assert problem is not None
        assert str(problem).startswith(f"port {port}/{transport} is in use by ")
        assert f"(process {os.getpid()})" in problem.reason
        assert "CENTRALITA_SIP_PORT" in problem.mend
    assert check_port("127.0.0.1", port, transport, "sip_port") is None
    assert holder_of(port, transport) == ""


def test_an_address_that_is_not_ours_is_told() -> None:
    problem = check_port("192.0.2.1", 5060, "udp", "sip_port")
    assert problem is not None
    assert "192.0.2.1 is no address of this machine" in problem.reason
    assert "CENTRALITA_BIND" in problem.mend


def test_every_kind_of_port_is_looked_at() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.9", 0))
        port = taken.getsockname()[1]
        problems = check_ports(Settings(bind="127.0.0.9", sip_port=port, http_port=80, rtp_ports="1024-1033"))
        assert [problem.setting for problem in problems if problem.port == port] == ["sip_port"]


def test_patience_grows_with_deaths_and_ends_somewhere() -> None:
    back_off = BackOff(first=0.5, longest=15.0)
    assert [back_off.delay(failures) for failures in range(8)] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_how_a_process_ended_is_said_in_words() -> None:
    assert describe_exit(3) == "exit code 3"
    assert describe_exit(-9) == "killed by SIGKILL"
