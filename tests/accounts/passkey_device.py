"""A device with passkeys for tests without a browser: makes a key pair, and signs challenges with it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from taskforge.accounts import passkeys
from taskforge.extensions import config_of
from tests.factories import Person

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


class Device:
    """One passkey of one person; to be used within the application's context."""

    def __init__(self) -> None:
        self.credential_id = secrets.token_bytes(32)
        self.uses = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make_passkey(self, person: Person, name: str = "A device") -> dict[str, str]:
        """The arguments of `passkeys.register`."""
        challenge = passkeys.begin_registration(person.user_id)
        numbers = self._key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, **point})
        size = len(self.credential_id).to_bytes(2)
        made = self._authenticator_data(WITH_KEY) + bytes(16) + size + self.credential_id + key
        response = {
            "clientDataJSON": _to_text(self._client_data("webauthn.create", challenge.options)),
            "attestationObject": _to_text(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})
            ),
        }
        return {"token": challenge.token, "credential": self._answer(response), "name": name}

    def sign_in(self, options: str) -> str:
        """The answer to the options of a log-in."""
        self.uses += 1
        data = self._authenticator_data()
        client = self._client_data("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            {
                "clientDataJSON": _to_text(client),
                "authenticatorData": _to_text(data),
                "signature": _to_text(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": None,
            }
        )

    def _authenticator_data(self, flags: int = 0) -> bytes:
        host = hashlib.sha256(_host().encode()).digest()
        return host + bytes([PRESENT_AND_VERIFIED | flags]) + self.uses.to_bytes(4)

    def _client_data(self, kind: str, options: str) -> bytes:
        given = json.loads(options)
        origin = config_of().public_url.rstrip("/")
        return json.dumps(
            {"type": kind, "challenge": given["challenge"], "origin": origin}
        ).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        known = _to_text(self.credential_id)
        return json.dumps({"id": known, "rawId": known, "type": "public-key", "response": response})


def _host() -> str:
    return urlsplit(config_of().public_url).hostname or ""


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
