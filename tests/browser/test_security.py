"""Who gives wrong passwords is seen, waits, and is let in again; in the company and in the whole installation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from centralita.accounts import Role
from support import browser as browsers
from support.browser import Visit, assert_accessible, assert_fits
from support.exchange import Exchange

LIMIT = 5
"""Wrong passwords for one account from one address."""


@pytest.fixture(scope="module")
def locked(exchange: Exchange) -> str:
    """An account of the office that nobody uses but to be locked out of."""
    return browsers.account(exchange, Role.USER, "locked@example.com", tenant="office", name="Locked").login


def guess(window: Visit, login: str, times: int) -> list[int]:
    """Answers to wrong passwords."""
    return [
        window.page.context.request.post(
            f"{window.base}/api/v1/session",
            data={"login": login, "password": "a wrong one"},
            headers={"Sec-Fetch-Site": "same-origin"},
        ).status
        for _ in range(times)
    ]


def test_who_is_blocked_is_seen_and_let_in_again(visit: Callable[..., Visit], locked: str) -> None:
    window = visit("admin")
    assert guess(window, locked, LIMIT + 1) == [401] * LIMIT + [429]
    page = window.open("/t/office/security")
    suspects = page.get_by_role("table", name="Fallos de los últimos minutos")
    row = suspects.get_by_role("row").filter(has_text=locked).filter(has_text="Bloqueado")
    expect(row).to_contain_text("Persona · desde 127.0.0.1")
    expect(row).to_contain_text(f"{LIMIT} de {LIMIT}")
    attempts = page.get_by_role("table", name="Últimos fallos")
    expect(attempts.get_by_role("row").filter(has_text=locked).first).to_contain_text("Contraseña equivocada")
    assert_accessible(page)

    row.get_by_role("button", name="Levantar el bloqueo").click()
    dialog = page.get_by_role("dialog", name=f"¿Dejar que {locked} lo intente de nuevo?")
    dialog.get_by_role("button", name="Levantar el bloqueo").click()
    expect(page.get_by_text(f"{locked} puede intentarlo de nuevo")).to_be_visible()
    expect(page.get_by_text("Nadie está bloqueado")).to_be_visible()
    expect(row).to_have_count(0)
    assert guess(window, locked, 1) == [401]

    page.get_by_role("link", name="Ver la auditoría").click()
    expect(page.get_by_role("table", name="Auditoría")).to_contain_text("Bloqueo levantado")


def test_who_only_looks_is_offered_nothing_to_lift(visit: Callable[..., Visit], locked: str) -> None:
    window = visit("auditor")
    guess(window, locked, LIMIT)
    page = window.open("/t/office/security")
    expect(page.get_by_text("Bloqueado").first).to_be_visible()
    expect(page.get_by_role("button", name="Levantar el bloqueo")).to_have_count(0)


def test_the_platform_sees_names_that_nobody_has(visit: Callable[..., Visit]) -> None:
    window = visit("platform", language="en", phone=True)
    guess(window, "nobody@example.com", 1)
    page = window.open("/platform/security")
    expect(page.get_by_text("nobody@example.com").first).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
