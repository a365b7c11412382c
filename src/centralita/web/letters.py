"""What is written to people about their account, in their language."""

from __future__ import annotations

from centralita.accounts import Account, LinkPurpose

_TEXTS: dict[tuple[str, LinkPurpose], tuple[str, str]] = {
    ("es", LinkPurpose.INVITE): (
        "Tu acceso a la centralita",
        "Hola, {name}:\n\nYa tienes acceso a la centralita. Elige tu contraseña aquí:\n\n{url}\n\n"
        "El enlace sirve una sola vez, durante siete días. Tu usuario es {login}.\n",
    ),
    ("en", LinkPurpose.INVITE): (
        "Your access to the telephone exchange",
        "Hello {name},\n\nYou can now use the telephone exchange. Choose your password here:\n\n{url}\n\n"
        "The link works once, within seven days. You sign in as {login}.\n",
    ),
    ("es", LinkPurpose.RESET): (
        "Una contraseña nueva para la centralita",
        "Hola, {name}:\n\nAlguien ha pedido una contraseña nueva para {login}. Elígela aquí:\n\n{url}\n\n"
        "El enlace sirve una sola vez, durante una hora. Si no has sido tú, no hagas nada: la contraseña sigue igual.\n",
    ),
    ("en", LinkPurpose.RESET): (
        "A new password for the telephone exchange",
        "Hello {name},\n\nSomebody asked for a new password for {login}. Choose it here:\n\n{url}\n\n"
        "The link works once, within an hour. If it was not you, do nothing: the password stays as it is.\n",
    ),
}


def letter(account: Account, purpose: LinkPurpose, url: str) -> tuple[str, str]:
    """Subject and text."""
    subject, text = _TEXTS[account.language if account.language in ("es", "en") else "en", purpose]
    return subject, text.format(name=account.name or account.login, login=account.login, url=url)
