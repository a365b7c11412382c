"""How messages are named and signed, as Standard Webhooks has it."""

from __future__ import annotations

import base64
import hashlib
import hmac

from centralita.webhooks import message_id, new_hook_secret, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""With the message and the signature below: the example of the specification's own libraries."""


def test_a_signature_is_what_the_specifications_libraries_expect() -> None:
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330.9, b'{"test": 2432232314}', [SECRET])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_signs() -> None:
    fresh = new_hook_secret()
    signed = signed_headers("msg_1", 7.0, "ñ".encode(), [fresh, SECRET])["webhook-signature"]
    key = base64.b64decode(fresh.removeprefix("whsec_"))
    assert len(key) == 32
    digest = hmac.new(key, b"msg_1.7." + "ñ".encode(), hashlib.sha256).digest()
    first, second = signed.split(" ")
    assert first == "v1," + base64.b64encode(digest).decode()
    assert second != first
    assert new_hook_secret() != fresh


def test_a_message_has_the_same_id_whenever_it_is_made() -> None:
    assert message_id("w1", "j1/ended") == message_id("w1", "j1/ended")
    assert (
        len({message_id("w1", "j1/ended"), message_id("w2", "j1/ended"), message_id("w1", "j1/missed")}) == 3
    )
    assert message_id("w1", "x").startswith("msg_")
