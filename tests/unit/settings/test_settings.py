"""Settings: where they come from, which wins, and what is said of each bad one."""

from __future__ import annotations

import ipaddress
import itertools
from pathlib import Path

import pytest

from centralita.settings import PortRange, Settings, SettingsError, load, own_address


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No file and no variable but those of the test."""
    import os

    for name in list(os.environ):
        if name.startswith("CENTRALITA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    return [str(problem) for problem in caught.value.problems]


def test_the_defaults_are_those_of_the_manual() -> None:
    settings = load()
    assert (settings.sip_port, settings.http_port, settings.bind) == (5060, 8080, "0.0.0.0")
    assert settings.rtp_ports == PortRange(20000, 29999)
    assert settings.data == Path("data")


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / "centralita.toml").write_text('sip_port = 5070\nhttp_port = 8081\ndata = "of-the-file"\n')
    monkeypatch.setenv("CENTRALITA_HTTP_PORT", "8082")
    monkeypatch.setenv("CENTRALITA_DATA", "of-the-environment")
    settings = load(data=Path("given"))
    assert (settings.sip_port, settings.http_port, settings.data) == (5070, 8082, Path("given"))


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRALITA_SIP_PORT", "")
    assert load().sip_port == 5060


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SIP_PORT", "abc", "CENTRALITA_SIP_PORT 'abc' cannot be used: it should be a valid integer"),
        ("SIP_PORT", "70000", "less than or equal to 65535"),
        ("RTP_PORTS", "20000", "write it as FIRST-LAST"),
        ("RTP_PORTS", "30000-20000", "the first must be below the last"),
        ("BIND", "pbx.example.com", "it must be an IP address"),
        ("ADVERTISE", "0.0.0.0", "it must be an address that others can send to"),
        ("DATABASE_URL", "mysql://u:hidden@h/d", "it must begin with sqlite: or postgresql:"),
        ("LOG_LEVEL", "loud", "it should be 'debug', 'info', 'warning' or 'error'"),
        ("REALM", 'a"b', "CENTRALITA_REALM"),
    ],
)
def test_a_bad_value_is_named_with_its_mend(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CENTRALITA_{variable}", value)
    (problem,) = problems()
    assert said in problem
    assert f"for example CENTRALITA_{variable}=" in problem
    assert "hidden" not in problem, "a secret is not repeated"


def test_each_bad_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRALITA_SIP_PORT", "abc")
    monkeypatch.setenv("CENTRALITA_BIND", "here")
    assert len(problems()) == 2


def test_a_misspelt_variable_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRALITA_SIPPORT", "5070")
    assert problems() == ["CENTRALITA_SIPPORT is no setting. Did you mean CENTRALITA_SIP_PORT?"]


def test_a_bad_file_is_named(bare: Path) -> None:
    file = bare / "centralita.toml"
    file.write_text("sip_prot = 5070\n")
    assert problems() == ["centralita.toml: sip_prot is no setting. Did you mean sip_port?"]
    file.write_text("sip_port = \n")
    assert "centralita.toml is not TOML" in problems()[0]
    assert "line 1" in problems()[0]


def test_a_file_that_was_asked_for_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRALITA_CONFIG", "/nowhere/centralita.toml")
    assert "there is no such file" in problems()[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"RTP_PORTS": "5000-6000"}, "rtp_ports 5000-6000 holds sip_port 5060"),
        ({"HTTP_PORT": "5060"}, "sip_port and http_port are both 5060"),
        ({"RTP_PORTS": "20000-20007", "MEDIA_WORKERS": "4"}, "too small for 4 media workers"),
    ],
)
def test_ports_do_not_meet(given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"CENTRALITA_{name}", value)
    assert said in problems()[0]


def test_a_data_folder_too_deep_for_a_socket_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRALITA_DATA", "/tmp/" + "x" * 100)
    assert "too long a path" in problems()[0]


def test_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRALITA_SMTP_PASSWORD", "hidden")
    monkeypatch.setenv("CENTRALITA_DATABASE_URL", "postgresql://u:hidden@h/d")
    settings = load()
    assert "hidden" not in repr(settings)
    assert settings.database == "postgresql://u:hidden@h/d"


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_the_audio_ports_are_split_in_even_ranges_that_do_not_meet(parts: int) -> None:
    ranges = PortRange(20000, 29999).split(parts)
    assert len(ranges) == parts
    assert all(ports.first % 2 == 0 and ports.last % 2 == 1 for ports in ranges)
    assert all(before.last < after.first for before, after in itertools.pairwise(ranges))
    assert ranges[-1].last <= 29999


def test_an_odd_first_port_is_moved_to_the_even_one_above() -> None:
    assert load(rtp_ports="20001-20100").rtp_ports == PortRange(20002, 20100)


def test_the_advertised_address_is_what_was_set_or_bound_or_found() -> None:
    assert Settings(advertise="203.0.113.7").advertised_host == "203.0.113.7"
    assert Settings(bind="127.0.0.2").advertised_host == "127.0.0.2"
    assert not ipaddress.ip_address(own_address()).is_unspecified


def test_the_manual_names_every_setting_with_its_default() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = {
        cells[1].strip(" `"): cells[2].strip(" `")
        for line in manual.splitlines()
        if line.startswith("| `CENTRALITA_")
        for cells in [line.split("|")]
    }
    assert rows.keys() == {f"CENTRALITA_{name.upper()}" for name in Settings.model_fields}
    in_words = {
        "advertise", "database_url", "media_workers", "smtp_host", "smtp_user", "smtp_password", "lookup_allow", "geoip_database",
        "oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_name", "oidc_users",
    }  # fmt: skip
    for name in Settings.model_fields.keys() - in_words:
        default = Settings.model_fields[name].default
        told = rows[f"CENTRALITA_{name.upper()}"]
        assert told in {
            str(default),
            str(default).lower(),
            f"{default:g}" if isinstance(default, float) else told,
        }
        assert load(**{name: told}) == load(), f"{name}: what the manual gives is not the default"
