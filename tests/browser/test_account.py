"""One's own account: a second factor with an authenticator, and a token that a program uses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import expect

from centralita.accounts import Role
from support import browser as browsers
from support.browser import PASSWORD, Visit, assert_accessible, assert_fits
from support.exchange import Exchange

Open = Callable[..., Visit]


def test_a_second_factor_is_set_up_with_what_the_authenticator_shows(visit: Open, exchange: Exchange) -> None:
    browsers.account(exchange, Role.AUDITOR, "careful@example.com", tenant="office")
    window = visit("careful")
    window.expected.append("422")
    page = window.open("/account")
    page.get_by_role("button", name="Activar el segundo factor").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Contraseña actual").fill(PASSWORD)
    dialog.get_by_role("button", name="Seguir").click()
    expect(dialog.get_by_role("img", name=re.compile("Código QR"))).to_be_visible()
    # The head of a dialog counts as a second banner only because the page below is not there for who reads it.
    assert_accessible(page, ["landmark-no-duplicate-banner", "landmark-unique"])
    secret = dialog.get_by_label("Clave", exact=True).input_value()
    right = pyotp.TOTP(secret).now()
    dialog.get_by_label("Código de seis cifras").fill("000000" if right != "000000" else "111111")
    dialog.get_by_role("button", name="Activar").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Código de seis cifras").fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Activar").click()
    codes = page.get_by_role("dialog", name="Códigos de recuperación")
    expect(codes.locator("code")).to_have_count(10)
    codes.get_by_role("button", name="Los he guardado").click()
    expect(page.get_by_text("Quedan 10 códigos de recuperación.")).to_be_visible()


def test_a_token_is_shown_once_and_does_what_it_may(visit: Open) -> None:
    window = visit("admin")
    page = window.open("/account")
    page.get_by_role("button", name="Crear una clave").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("^Nombre")).fill("Pantalla de ventas")
    dialog.get_by_label("Ver lo que pasa ahora").check()
    dialog.get_by_role("button", name="Crear una clave").click()
    shown = page.get_by_role("dialog", name="Tu clave nueva")
    token = shown.get_by_label("Clave", exact=True).input_value()
    shown.get_by_role("button", name="Ya la tengo").click()
    expect(page.get_by_role("row", name=re.compile("Pantalla de ventas"))).to_contain_text(
        "Ver lo que pasa ahora"
    )
    assert token not in page.content()
    program = page.context.browser
    assert program is not None
    outside = program.new_context(extra_http_headers={"Authorization": f"Bearer {token}"})
    assert outside.request.get(f"{window.base}/api/v1/tenants/office/live/trunks").ok
    assert outside.request.get(f"{window.base}/api/v1/tenants/office/users").status == 403
    outside.close()
    page.get_by_role("button", name="Quitar: Pantalla de ventas").click()
    page.get_by_role("dialog").get_by_role("button", name="Quitar").click()
    expect(page.get_by_role("row", name=re.compile("Pantalla de ventas"))).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_their_account(visit: Open, phone: bool) -> None:
    window = visit("platform", phone=phone)
    page = window.open("/account")
    expect(page.get_by_text("Es este navegador")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page = window.open("/platform/accounts")
    expect(page.get_by_role("row", name=re.compile("auditor@example.com"))).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
