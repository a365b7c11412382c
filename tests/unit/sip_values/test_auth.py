"""Digest, from both sides: published vectors, what phones make of it, replay, and that nobody can tell users apart."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from centralita.sip.auth import (
    Authenticator,
    Bad,
    Challenge,
    Missing,
    Ok,
    Stale,
    answer_challenge,
    digest_response,
    ha1,
)
from centralita.sip.errors import ParseError

NOW = 1_700_000_000.0
REALM = "pbx.example.com"
URI = "sip:pbx.example.com"
VECTORS = yaml.safe_load((Path(__file__).parent / "vectors" / "digest.yaml").read_text())


def passwords(username: str, algorithm: str) -> str | None:
    return ha1(username, REALM, "secreto", algorithm) if username in ("101", 'a"b\\', "josé") else None


def server(**options: object) -> Authenticator:
    return Authenticator(REALM, b"k" * 32, **options)  # type: ignore[arg-type]  # options by name


def answer(
    challenges: list[str], nc: int = 1, password: str = "secreto", user: str = "101", uri: str = URI
) -> str:
    authorization = answer_challenge(challenges, "REGISTER", uri, user, password, "c0ffee", nc)
    assert authorization is not None
    return authorization


def nonce_of(challenges: list[str]) -> str:
    return Challenge.parse(challenges[0]).nonce


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["source"])
def test_published_vectors(vector: dict[str, str]) -> None:
    secret = ha1(vector["username"], vector["realm"], vector["password"], vector["algorithm"])
    response = digest_response(
        secret,
        vector["algorithm"],
        vector["method"],
        vector["uri"],
        vector["nonce"],
        nc=vector["nc"],
        cnonce=vector["cnonce"],
    )
    assert response == vector["response"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["source"])
def test_published_vectors_from_the_challenge(vector: dict[str, str]) -> None:
    qop = ', qop="auth, auth-int"' if vector["nc"] else ""
    challenge = (
        f'Digest realm="{vector["realm"]}", nonce="{vector["nonce"]}", '
        f'algorithm={vector["algorithm"]}{qop}, opaque="5ccc"'
    )
    authorization = answer_challenge(
        [challenge], vector["method"], vector["uri"], vector["username"], vector["password"], vector["cnonce"]
    )
    assert authorization is not None
    assert f'response="{vector["response"]}"' in authorization
    assert 'opaque="5ccc"' in authorization
    assert ("nc=00000001" in authorization) == bool(vector["nc"])


def test_challenge_and_answer() -> None:
    authenticator = server()
    challenges = authenticator.challenge(NOW)
    assert [Challenge.parse(text).algorithm for text in challenges] == ["SHA-256", "MD5"]
    assert not Challenge.parse(challenges[0]).stale
    authorization = answer(challenges)
    assert "algorithm=SHA-256" in authorization
    assert authenticator.verify(authorization, "REGISTER", passwords, NOW + 1, uri=URI) == Ok("101")


def test_md5_only_phone() -> None:
    authenticator = server()
    md5 = authenticator.challenge(NOW)[1:]
    assert authenticator.verify(answer(md5), "REGISTER", passwords, NOW) == Ok("101")
    assert server(algorithms=("SHA-256",)).verify(answer(md5), "REGISTER", passwords, NOW) == Bad("101")


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: text.replace("algorithm=MD5", 'algorithm="MD5"').replace("nc=00000001", 'nc="00000001"'),
        lambda text: text.replace("qop=auth", 'qop="auth"').replace("algorithm=MD5", "algorithm=md5"),
        lambda text: text.replace("algorithm=MD5, ", ""),
        lambda text: text.replace(", ", ","),
        lambda text: text.replace(", ", " ,\t").replace("=", " = ", 3),
        lambda text: text.replace("Digest", "DIGEST ").replace("username", "Username"),
        lambda text: text.replace('username="101"', "username=101"),
        lambda text: text + ', opaque="", x="a,b=\\"c"',
    ],
)
def test_spellings_of_phones(spell: object) -> None:
    authenticator = server()
    authorization = answer(authenticator.challenge(NOW)[1:])
    changed = spell(authorization)  # type: ignore[operator]  # a function of the list above
    assert changed != authorization
    assert authenticator.verify(changed, "REGISTER", passwords, NOW) == Ok("101")


def test_upper_case_response() -> None:
    authenticator = server()
    authorization = answer(authenticator.challenge(NOW))
    start = authorization.index('response="') + 10
    shouted = authorization[:start] + authorization[start : start + 64].upper() + authorization[start + 64 :]
    assert authenticator.verify(shouted, "REGISTER", passwords, NOW) == Ok("101")


@pytest.mark.parametrize("user", ['a"b\\', "josé"])
def test_names_that_need_care(user: str) -> None:
    authenticator = server()
    authorization = answer(authenticator.challenge(NOW), user=user)
    assert authenticator.verify(authorization, "REGISTER", passwords, NOW) == Ok(user)


def test_phone_without_qop_has_one_request_for_a_nonce() -> None:
    authenticator = server()
    challenges = [text.replace(', qop="auth"', "") for text in authenticator.challenge(NOW)]
    authorization = answer(challenges)
    assert "qop" not in authorization
    assert authenticator.verify(authorization, "REGISTER", passwords, NOW) == Ok("101")
    assert authenticator.verify(authorization, "REGISTER", passwords, NOW) == Stale("101")


@pytest.mark.parametrize(
    ("authorization", "verdict"),
    [
        ("", Missing()),
        ("Digest", Missing()),
        ("NoOneKnowsThisScheme opaque-data=here", Missing()),
        ("Basic bXVmYXNh", Missing()),
        ('Digest username="101", realm="other", nonce="x", uri="sip:h", response="y"', Missing()),
        (f'Digest realm="{REALM}"', Bad(None)),
        (f'Digest realm="{REALM}", username="101"', Bad("101")),
        (f'Digest realm="{REALM}", username="101", username="102"', Missing()),
        (f'Digest realm="{REALM}", username="{"1" * 257}"', Bad(None)),
        (f'Digest realm="{REALM}", username="101", algorithm=SHA-1', Bad("101")),
        (f'Digest realm="{REALM}", username="101", algorithm=MD5-sess, nonce="n", response="r"', Bad("101")),
        (f'Digest realm="{REALM}", username="101", response="\udcff"', Bad("101")),
        (f'Digest realm="{REALM}", username="101' + '"' * 5000, Missing()),
        (f'Digest realm="{REALM}, username=101', Missing()),
    ],
)
def test_what_is_no_answer(authorization: str, verdict: object) -> None:
    assert server().verify(authorization, "REGISTER", passwords, NOW) == verdict


def test_several_answers_for_several_realms() -> None:
    authenticator = server()
    other = 'Digest username="x", realm="elsewhere", nonce="n", uri="sip:h", response="r"'
    both = [other, answer(authenticator.challenge(NOW))]
    assert authenticator.verify(both, "REGISTER", passwords, NOW) == Ok("101")
    assert authenticator.verify([], "REGISTER", passwords, NOW) == Missing()


def test_unknown_user_and_wrong_password_are_one_and_the_same() -> None:
    """The same verdict, after the same look-ups and the same hashes."""
    authenticator = server()
    asked: list[tuple[str, str]] = []

    def watched(username: str, algorithm: str) -> str | None:
        asked.append((username, algorithm))
        return passwords(username, algorithm)

    for user, password in (("101", "wrong"), ("999", "secreto")):
        authorization = answer(authenticator.challenge(NOW), password=password, user=user)
        assert authenticator.verify(authorization, "REGISTER", watched, NOW) == Bad(user)
    assert asked == [("101", "SHA-256"), ("999", "SHA-256")]


def test_the_dummy_hash_opens_no_door() -> None:
    """Even the right answer to what unknown users are compared with is refused."""
    authenticator = server()
    nonce = nonce_of(authenticator.challenge(NOW))
    secret = authenticator._nobody["MD5"]
    response = digest_response(secret, "MD5", "REGISTER", URI, nonce)
    text = f'Digest username="999", realm="{REALM}", nonce="{nonce}", uri="{URI}", response="{response}"'
    assert authenticator.verify(text, "REGISTER", passwords, NOW) == Bad("999")


def test_another_method_or_target() -> None:
    authenticator = server()
    authorization = answer(authenticator.challenge(NOW), uri="sip:102@pbx.example.com")
    assert authenticator.verify(authorization, "INVITE", passwords, NOW) == Bad("101")
    for target in ("sip:00882@pbx.example.com", "sip:pbx.example.com", "tel:0088"):
        assert authenticator.verify(authorization, "REGISTER", passwords, NOW, uri=target) == Bad("101")
    same = "sip:102@10.0.0.1:5080;transport=udp"
    assert authenticator.verify(authorization, "REGISTER", passwords, NOW, uri=same) == Ok("101")


def test_nonce_grows_old() -> None:
    authenticator = server(nonce_life=300)
    challenges = authenticator.challenge(NOW)
    assert authenticator.verify(answer(challenges), "REGISTER", passwords, NOW + 301) == Stale("101")
    assert authenticator.verify(answer(challenges, nc=2), "REGISTER", passwords, NOW - 10) == Stale("101")
    assert authenticator.verify(answer(challenges, nc=3), "REGISTER", passwords, NOW + 299) == Ok("101")
    # Who has not the password learns nothing of the nonce's age.
    wrong = answer(challenges, password="x")
    assert authenticator.verify(wrong, "REGISTER", passwords, NOW + 301) == Bad("101")


@pytest.mark.parametrize("nonce", ["", "0" * 52, "g" * 52, "x" * 3000, "é"])
def test_foreign_nonces(nonce: str) -> None:
    authenticator = server()
    challenge = f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"'
    if not nonce:
        with pytest.raises(ParseError):
            Challenge.parse(challenge)
        return
    assert authenticator.verify(answer([challenge]), "REGISTER", passwords, NOW) == Stale("101")


def test_sealed_by_another_secret_or_for_another_realm() -> None:
    authenticator = server()
    for other in (Authenticator(REALM, b"x" * 32), Authenticator("other", b"k" * 32)):
        foreign = [text.replace('"other"', f'"{REALM}"') for text in other.challenge(NOW)]
        assert authenticator.verify(answer(foreign), "REGISTER", passwords, NOW) == Stale("101")


def test_replay() -> None:
    authenticator = server()
    challenges = authenticator.challenge(NOW)
    first, second = answer(challenges, 1), answer(challenges, 2)
    assert authenticator.verify(first, "REGISTER", passwords, NOW) == Ok("101")
    assert authenticator.verify(first, "REGISTER", passwords, NOW) == Stale("101")
    assert authenticator.verify(second, "REGISTER", passwords, NOW) == Ok("101")
    assert authenticator.verify(first, "REGISTER", passwords, NOW) == Stale("101")


def test_after_a_restart_old_nonces_are_stale() -> None:
    before = server()
    authorization = answer(before.challenge(NOW))
    assert before.verify(authorization, "REGISTER", passwords, NOW) == Ok("101")
    after = server(not_before=NOW + 1)
    assert after.verify(authorization, "REGISTER", passwords, NOW + 2) == Stale("101")
    fresh = answer(after.challenge(NOW + 2))
    assert after.verify(fresh, "REGISTER", passwords, NOW + 2) == Ok("101")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.booleans()), max_size=30))
def test_no_count_is_taken_twice(history: list[tuple[int, int, bool]]) -> None:
    """However few counts are remembered, and whoever fails in between."""
    authenticator = server(max_nonces=2)
    challenges = [authenticator.challenge(NOW + number / 10) for number in range(4)]
    taken: set[tuple[int, int]] = set()
    for which, nc, right in history:
        authorization = answer(challenges[which], nc, "secreto" if right else "wrong")
        verdict = authenticator.verify(authorization, "REGISTER", passwords, NOW + 1)
        if not right:
            assert verdict == Bad("101")
        elif verdict == Ok("101"):
            assert (which, nc) not in taken
            taken.add((which, nc))
        else:
            assert verdict == Stale("101")
        assert len(authenticator._counts) <= 2


def test_counts_are_forgotten_with_their_nonces() -> None:
    authenticator = server(nonce_life=10)
    for second in range(100):
        authorization = answer(authenticator.challenge(NOW + second))
        assert authenticator.verify(authorization, "REGISTER", passwords, NOW + second) == Ok("101")
    assert len(authenticator._counts) <= 12


def test_nonces_never_repeat() -> None:
    authenticator = server()
    assert len({nonce_of(authenticator.challenge(NOW)) for _ in range(1000)}) == 1000


@given(st.text(max_size=80), st.text(max_size=20))
def test_arbitrary_authorization(text: str, method: str) -> None:
    prefix = f'Digest realm="{REALM}", username="101", '
    for value in (text, prefix + text):
        verdict = server().verify(value, method, passwords, NOW, uri=URI)
        assert not isinstance(verdict, Ok)


def test_client_prefers_sha256_and_its_own_realm() -> None:
    md5 = 'Digest realm="a", nonce="1"'
    sha = 'Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth-int,auth"'
    answered = answer_challenge([md5, sha], "REGISTER", URI, "u", "p", "c")
    assert answered is not None
    assert 'nonce="2"' in answered
    assert answer_challenge([md5], "REGISTER", URI, "u", "p", "c", realm="b") is None
    assert answer_challenge([md5, sha], "REGISTER", URI, "u", "p", "c", realm="a") == answered


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Basic realm=x",
        'Digest realm="a"',
        'Digest nonce="a"',
        'Digest realm="a", nonce="1", algorithm=SHA-512-256',
        'Digest realm="a", nonce="1", algorithm=MD5-sess',
        'Digest realm="a", nonce="1", qop="auth-int"',
    ],
)
def test_client_leaves_unanswered_what_it_cannot_answer(challenge: str) -> None:
    assert answer_challenge([challenge], "REGISTER", URI, "u", "p", "c") is None


def test_stale_challenge_is_told() -> None:
    challenges = server().challenge(NOW, stale=True)
    assert all(Challenge.parse(text).stale for text in challenges)
