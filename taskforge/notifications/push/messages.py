"""One push message: what it says, encrypted for one browser (RFC 8291), and the signature that says who sends it.

`http_ece` encrypts; PyJWT signs the VAPID token (RFC 8292). Both need `cryptography`, which takes 8 MB, so all are
imported with the first message that is sent.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from taskforge.config import Config
from taskforge.errors import InvalidInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

TOKEN_LIFETIME = timedelta(hours=12)
PUBLIC_KEY_BYTES, AUTH_BYTES = 65, 16
MAX_TITLE, MAX_BODY = 120, 300
_UNCOMPRESSED = 4  # the first byte of a point of the curve that has both coordinates


@dataclass(frozen=True)
class Subscription:
    """Where a browser is reached, and its keys, as it gave them: ``p256dh`` and ``auth`` in Base64 for addresses."""

    endpoint: str
    p256dh: str
    auth: str

    def to_bytes(self) -> bytes:
        """What is sealed."""
        return json.dumps([self.endpoint, self.p256dh, self.auth]).encode()

    @classmethod
    def from_bytes(cls, opened: bytes) -> Subscription:
        """The inverse of `to_bytes`."""
        return cls(*json.loads(opened))


def check_keys(p256dh: str, auth: str) -> None:
    """Check the form of a browser's keys; whether the first is a point of the curve is seen when it is used.

    Raises:
        InvalidInput: they can't be keys.
    """
    public, secret = decode(p256dh), decode(auth)
    if public is None or len(public) != PUBLIC_KEY_BYTES or public[0] != _UNCOMPRESSED:
        raise InvalidInput.about("keys.p256dh", "is no public key of a browser")
    if secret is None or len(secret) != AUTH_BYTES:
        raise InvalidInput.about("keys.auth", "is no secret of a browser")


def payload(*, title: str, sentence: str, url: str, tag: str) -> bytes:
    """What the service worker shows: a title, a sentence, and the path to go to; `tag` replaces a message by itself."""
    said = {
        "title": _cut(title, MAX_TITLE),
        "body": _cut(sentence, MAX_BODY),
        "url": url,
        "tag": tag,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def encrypt(subscription: Subscription, content: bytes) -> bytes:
    """The content for one browser alone, as ``aes128gcm``.

    Raises:
        ValueError: the browser's key is no point of the curve.
    """
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    public = decode(subscription.p256dh)
    assert public is not None
    encrypted: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=public,
        auth_secret=decode(subscription.auth),
        salt=os.urandom(16),
        version="aes128gcm",
    )
    return encrypted


def headers(
    config: Config, subscription: Subscription, *, topic: str, ttl: int, at: datetime
) -> Mapping[str, str]:
    """The headers of a message: who sends it, how long it is worth keeping, what it takes the place of."""
    return {
        "Authorization": _authorization(config, subscription.endpoint, at),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(ttl),
        "Urgency": "normal",
        "Topic": topic,
    }


def make_keys() -> tuple[str, str]:
    """A new pair of keys to sign with: the public and the private one, as the settings hold them."""
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    number = private.private_numbers().private_value
    return _public_text(private), encode(number.to_bytes(32, "big"))


def encode(data: bytes) -> str:
    """Base64 for addresses, without padding, as all of web push writes bytes."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes | None:
    """The inverse of `encode`; None for what it did not write. Padding is passed over, as browsers differ."""
    bare = text.rstrip("=")
    try:
        found = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return found if encode(found) == bare else None


def _authorization(config: Config, endpoint: str, at: datetime) -> str:
    import jwt

    parts = urlsplit(endpoint)
    contact = (
        config.public_url
        if config.public_url.startswith("https://")
        else f"mailto:{config.mail_address}"
    )
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + TOKEN_LIFETIME).timestamp()),
        "sub": contact,
    }
    token = jwt.encode(claims, _read_private(config.vapid_private_key), algorithm="ES256")
    return f"vapid t={token}, k={config.vapid_public_key}"


def _read_private(text: str) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    number = decode(text)
    if number is None:
        raise ValueError("no private key")
    return ec.derive_private_key(int.from_bytes(number, "big"), ec.SECP256R1())


def _public_text(private: EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return encode(point)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
