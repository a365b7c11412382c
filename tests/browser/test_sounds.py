"""What callers hear: a text that is spoken, a file that is sent up, and a voice from the microphone."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, expect

from support.browser import Visit, assert_accessible, assert_fits

SOUNDS = "/t/office/sounds"


def tone(seconds: float = 1.0, rate: int = 44_100) -> FilePayload:
    """A file as people have them: not at a telephone's rate."""
    samples = [round(9000 * math.sin(math.tau * 440 * at / rate)) for at in range(round(seconds * rate))]
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return {"name": "tono.wav", "mimeType": "audio/wav", "buffer": file.getvalue()}


def begin(page: Page, name: str) -> None:
    page.get_by_role("link", name="Nueva locución").click()
    page.get_by_label("Nombre").fill(name)


def test_a_text_is_heard_and_kept(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(SOUNDS)
    expect(page.get_by_role("link", name="cerrado")).to_be_visible()
    assert_accessible(page)
    begin(page, "Mudanza")
    spanish = page.get_by_role("region", name="Español")
    spanish.get_by_label("Texto", exact=True).fill("Nos hemos mudado.")
    spanish.get_by_role("button", name="Escuchar cómo suena").click()
    player = spanish.get_by_role("group", name="Cómo sonará el texto")
    expect(player.get_by_role("button", name="Escuchar")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Guardar").click()
    row = page.get_by_role("row", name="Mudanza")
    expect(row).to_contain_text("Nos hemos mudado.")
    expect(row).to_contain_text("Sin usar")


def test_a_file_and_the_microphone(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(SOUNDS)
    begin(page, "Sintonía")
    for language, source in (("Español", "file"), ("Inglés", "microphone")):
        part = page.get_by_role("region", name=language)
        part.get_by_text("Grabación", exact=True).click()
        if source == "file":
            with page.expect_file_chooser() as chooser:
                part.get_by_role("button", name="Subir un archivo").click()
            chooser.value.set_files(tone())
        else:
            part.get_by_role("button", name="Grabar con el micrófono").click()
            expect(part.get_by_text("0:01")).to_be_visible()
            part.get_by_role("button", name="Parar").click()
        expect(part.get_by_role("group", name="Grabación nueva, sin guardar")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Guardar").click()
    row = page.get_by_role("row", name="Sintonía")
    expect(row).to_contain_text("Español · grabación")
    expect(row).to_contain_text("Inglés · grabación")
    row.get_by_role("link", name="Sintonía").click()
    kept = page.get_by_role("region", name="Español").get_by_role("group", name="Grabación guardada")
    expect(kept).to_contain_text("/ 0:01")
    assert_accessible(page)


def test_where_it_is_used_leads_there(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(SOUNDS + "/cerrado")
    page.get_by_role("region", name="Dónde se usa").get_by_role("link", name="Entrada Madrid").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Entrada Madrid")
    page.go_back()
    expect(page.get_by_role("region", name="Dónde se usa")).to_be_visible()


def test_sounds_on_a_telephone(visit: Callable[..., Visit]) -> None:
    window = visit("admin", phone=True)
    for path in ("", "/menu"):
        page = window.open(SOUNDS + path)
        expect(page.get_by_role("region").first).to_be_visible()
        assert_fits(page)
