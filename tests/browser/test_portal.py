"""One's own extension: calls, messages, forwarding, greeting, telephones and whom one blocks, as people set them for themselves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from centralita.pbx.vocabulary import Outcome, TenantId
from centralita.store.database import Database
from centralita.store.mailboxes import MailboxStore
from centralita.store.records import RecordStore
from support.browser import Visit, assert_accessible, assert_fits
from support.exchange import Exchange
from support.web_calls import journey, sound

PORTAL = "/t/office/me"


@pytest.fixture(scope="module")
def missed(exchange: Exchange) -> None:
    """Marta missed a call of Lucía's, and has a message of it."""
    database = Database(f"sqlite:///{exchange.data / 'centralita.db'}")
    call = journey(
        "portal-1", 1, tenant="office", rung="marta", caller="103", caller_name="", outcome=Outcome.NO_ANSWER
    )
    RecordStore(database).save([call], [], "portal-test", (0, 1))
    database.close()
    at = time.time()
    boxes = MailboxStore(exchange.data / "voicemail", lambda: at)
    draft = boxes.draft(TenantId("office"), "marta", caller="103")
    sound(draft, 2.0)
    boxes.keep(
        TenantId("office"), "marta", draft, at=at, duration=2.0, caller="103", caller_name="Lucía Prieto"
    )


@pytest.fixture(autouse=True)
def as_before(visit: Callable[..., Visit]) -> Iterator[None]:
    """What Marta sets for herself is taken back: others try calls to her, and routing tests stand in the way of publications."""
    yield
    window = visit("user")
    answer = window.page.request.patch(
        f"{window.base}/api/v1/tenants/office/users/marta/personal",
        data=dict.fromkeys(
            ("do_not_disturb", "forward_busy", "forward_no_answer", "block", "follow_me", "hours")
        ),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.ok, answer.text()


def test_a_missed_call_and_its_message(visit: Callable[..., Visit], missed: None) -> None:
    page = visit("user").open(PORTAL)
    expect(page.get_by_role("heading", level=1)).to_have_text("Marta Ruiz")
    call = page.get_by_role("article", name="Llamada perdida: Lucía Prieto (103)")
    expect(call).to_contain_text("sin contestar")
    page.get_by_role("tab", name=re.compile("Mensajes")).click()
    message = page.get_by_role("article", name=re.compile("^Mensaje de Lucía Prieto"))
    expect(message).to_contain_text("Nuevo")
    message.get_by_role("button", name="Marcar como escuchado").click()
    expect(message).not_to_contain_text("Nuevo")
    message.get_by_role("button", name=re.compile("^Borrar el mensaje")).click()
    page.get_by_role("dialog").get_by_role("button", name="Quitar").click()
    expect(page.get_by_text("No hay mensajes")).to_be_visible()


def test_settings_hold_when_the_page_is_opened_again(visit: Callable[..., Visit]) -> None:
    window = visit("user")
    window.expected.append("422")
    page = window.open(PORTAL + "?tab=forward")
    quiet = page.get_by_role("switch", name="No molestar")
    quiet.set_checked(True, force=True)
    expect(page.get_by_text("No suena ningún teléfono tuyo")).to_be_visible()
    busy = page.get_by_role("region", name="Si estoy hablando")
    busy.get_by_role("switch").set_checked(True, force=True)
    busy.get_by_label("A qué número").fill("103")
    busy.get_by_role("button", name="Guardar").click()
    expect(busy).to_contain_text("Ahora van a Lucía Prieto (103)")
    away = page.get_by_role("region", name="Si no contesto")
    away.get_by_role("switch").set_checked(True, force=True)
    away.get_by_label("A qué número").fill("112")
    away.get_by_role("button", name="Guardar").click()
    expect(away.locator("[aria-invalid=true]")).to_have_value("112")  # what is refused stays as it was typed
    along = page.get_by_role("region", name="Que suenen también otros")
    along.get_by_label("A qué número").fill("102")
    along.get_by_role("button", name="Guardar").click()
    expect(along.get_by_role("switch")).to_be_checked()
    hours = page.get_by_role("region", name="Mi horario")
    hours.get_by_role("switch", name="Mi horario").set_checked(True, force=True)
    hours.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado: vale desde ahora").first).to_be_visible()
    page.get_by_role("tab", name="Bloqueados").click()
    page.get_by_label("Número", exact=True).fill("+34 911 111 111")
    page.get_by_role("button", name="Bloquear", exact=True).click()
    expect(page.get_by_role("table", name="Números bloqueados")).to_contain_text("+34911111111")
    page.reload()
    expect(page.get_by_role("switch", name="No molestar")).to_be_checked()
    expect(page.get_by_role("table", name="Números bloqueados")).to_contain_text("+34911111111")
    page.get_by_role("tab", name="Desvíos").click()
    expect(busy).to_contain_text("Ahora van a Lucía Prieto (103)")
    busy.get_by_role("switch").set_checked(False, force=True)
    expect(busy).to_contain_text("Mientras hablas")
    page.get_by_role("switch", name="No molestar").set_checked(False, force=True)
    expect(page.get_by_text("Tus teléfonos suenan.")).to_be_visible()


def test_a_greeting_is_recorded_in_the_browser_and_taken_back(visit: Callable[..., Visit]) -> None:
    window = visit("user")
    window.expected.append("404")  # there is none of one's own
    page = window.open(PORTAL + "?tab=mailbox")
    greeting = page.get_by_role("region", name="Saludo del buzón")
    expect(greeting).to_contain_text("Se oye el saludo de siempre.")
    greeting.get_by_role("button", name="Grabar con el micrófono").click()
    expect(greeting.get_by_text(re.compile("^0:0[1-9]$"))).to_be_visible()
    greeting.get_by_role("button", name="Parar").click()
    greeting.get_by_role("button", name="Usar este saludo").click()
    greeting.get_by_role("button", name="Volver al saludo de siempre").click()
    expect(greeting).to_contain_text("Se oye el saludo de siempre.")
    pin = page.get_by_role("region", name="PIN del buzón")
    pin.get_by_label(re.compile("^PIN")).fill("2468")
    pin.get_by_role("button", name="Guardar").click()
    expect(pin.get_by_role("button", name="Quitar el PIN")).to_be_visible()


def test_a_telephone_is_set_up_by_its_code_and_a_click_without_one_is_told(
    visit: Callable[..., Visit],
) -> None:
    window = visit("user")
    window.expected.append("409")
    page = window.open(PORTAL + "?tab=devices")
    page.get_by_role("button", name="Conectar un teléfono").first.click()
    expect(page.get_by_role("img", name="Código QR con la cuenta de Marta Ruiz")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button").first.click()
    page.get_by_role("combobox", name="Número o compañero").fill("103")
    page.get_by_role("button", name="Llamar", exact=True).click()
    expect(page.get_by_role("region", name="Llamar")).to_contain_text("teléfono")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_the_portal(visit: Callable[..., Visit], missed: None, phone: bool) -> None:
    window = visit("user", phone=phone)
    window.expected.append("404")
    for tab, shown in (
        ("calls", "Perdidas"),
        ("messages", re.compile("No hay mensajes|Lucía Prieto")),
        ("forward", "Que suenen también otros"),
        ("mailbox", "PIN del buzón"),
        ("devices", "Contraseña nueva"),
        ("block", "Cómo se bloquea"),
    ):
        page = window.open(f"{PORTAL}?tab={tab}")
        expect(page.get_by_role("tabpanel").get_by_text(shown).first).to_be_visible()
        assert_accessible(page)
        assert_fits(page)
