"""What WebAuthn asks of browsers and checks of their answers, for a site that is named by its public address.

Imported when passkeys are used first: the library takes 5 MB that most processes need not spend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

MAX_LENGTH = 20_000
VERIFIED = UserVerificationRequirement.REQUIRED


class Refused(Exception):
    """What a browser answered is malformed, or does not answer the challenge."""


@dataclass(frozen=True)
class NewPasskey:
    """The public half of a key pair that a device has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def registration_options(
    site: str, user_id: str, email: str, known: Sequence[bytes]
) -> tuple[str, bytes]:
    """What a browser needs to make a passkey that is none of the `known` ones, as JSON; and the challenge in it."""
    options = webauthn.generate_registration_options(
        rp_id=_host(site),
        rp_name="TaskForge",
        user_id=UUID(user_id).bytes,
        user_name=email,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
    )
    return webauthn.options_to_json(options), options.challenge


def check_registration(site: str, challenge: bytes, credential: str) -> NewPasskey:
    """The passkey that a browser has made.

    Raises:
        Refused: it does not answer the challenge.
    """
    with _refusing(credential):
        made = webauthn.verify_registration_response(
            credential=credential, require_user_verification=True, **_expected(site, challenge)
        )
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def sign_in_options(site: str) -> tuple[str, bytes]:
    """What a browser needs to offer the passkeys of this site, as JSON; and the challenge in it."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(site), user_verification=VERIFIED
    )
    return webauthn.options_to_json(options), options.challenge


def read_answer(credential: str) -> AuthenticationCredential:
    """The answer of a browser.

    Raises:
        Refused: it is malformed.
    """
    with _refusing(credential):
        return parse_authentication_credential_json(credential)
    raise AssertionError("unreachable")


def check_answer(
    site: str,
    challenge: bytes,
    answer: AuthenticationCredential,
    public_key: bytes,
    sign_count: int,
) -> int:
    """Check the signature of a passkey; answers its new count of uses.

    Raises:
        Refused: it does not answer the challenge, or its count has not grown.
    """
    with _refusing(""):
        verified = webauthn.verify_authentication_response(
            credential=answer,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
            **_expected(site, challenge),
        )
    return verified.new_sign_count


@contextmanager
def _refusing(credential: str) -> Iterator[None]:
    """Turn what the library raises of bad input into `Refused`."""
    if len(credential) > MAX_LENGTH:
        raise Refused
    try:
        yield
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused from error


def _expected(site: str, challenge: bytes) -> dict[str, Any]:
    public = urlsplit(site)
    return {
        "expected_challenge": challenge,
        "expected_rp_id": public.hostname or "",
        "expected_origin": f"{public.scheme}://{public.netloc}",
    }


def _host(site: str) -> str:
    return urlsplit(site).hostname or ""
