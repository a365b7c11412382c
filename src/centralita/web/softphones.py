"""The settings of a telephone as softphones fetch them: remote provisioning as Linphone reads it (``lpconfig``, an INI file in XML).

The address of such a file is what the QR code holds.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

REGISTER_SECONDS = 600
NAMESPACE = "http://www.linphone.org/xsds/lpconfig.xsd"


class SipAccount(NamedTuple):
    """What a telephone has to know."""

    name: str
    """Of its user, as it shows them."""
    username: str
    password: str
    host: str
    port: int
    realm: str


def linphone(account: SipAccount) -> bytes:
    """The XML. It holds the password: for the telephone, and nobody else."""
    host = f"[{account.host}]" if ":" in account.host else account.host
    shown = account.name.replace("\\", "").replace('"', "")
    sections = {
        "sip": {"default_proxy": "0"},
        "misc": {"transient_provisioning": "1"},  # the address is good once: it is not to be asked again
        "proxy_0": {
            "reg_proxy": f"<sip:{host}:{account.port};transport=udp>",
            "reg_identity": f'"{shown}" <sip:{account.username}@{host}>',
            "reg_expires": str(REGISTER_SECONDS),
            "reg_sendregister": "1",
            "realm": account.realm,
        },
        "auth_info_0": {
            "username": account.username,
            "passwd": account.password,
            "realm": account.realm,
            "domain": host,
        },
    }
    root = ElementTree.Element("config", {"xmlns": NAMESPACE})
    for name, entries in sections.items():
        section = ElementTree.SubElement(root, "section", {"name": name})
        for key, value in entries.items():
            entry = ElementTree.SubElement(section, "entry", {"name": key, "overwrite": "true"})
            entry.text = value
    text: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text
