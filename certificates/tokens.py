"""Keys that never leave a hardware module: PKCS #11 (OASIS, version 2.40 and later).

Needs the optional package ``python-pkcs11``. The keys look like those of ``cryptography``, so that
signing knows nothing of where they are. What a token answers is told as KeysUnreadable.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.keys import KeysUnreadable

_ED25519_CURVE = bytes.fromhex("130c656477617264733235353139")  # PrintableString "edwards25519"


@dataclass(eq=False)
class Token:
    """A token by its label.

    Its session is opened with the first question. A process must not be forked after that: our
    workers are forked before.
    """

    module: str
    label: str
    pin: str = field(repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _session: Any = field(default=None, repr=False)

    def new_root_kid(self) -> str:
        return f"root-{os.urandom(6).hex()}"

    def new_document_key(self, kid: str) -> ec.EllipticCurvePrivateKey:
        from pkcs11 import Attribute, KeyType
        from pkcs11.util.ec import encode_named_curve_parameters

        self._made(
            KeyType.EC, kid, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        )
        return self.document_key(kid)

    def new_credential_key(self, kid: str) -> Ed25519PrivateKey:
        from pkcs11 import Attribute, KeyType

        self._made(KeyType.EC_EDWARDS, kid, {Attribute.EC_PARAMS: _ED25519_CURVE})
        return self.credential_key(kid)

    def document_key(self, kid: str) -> ec.EllipticCurvePrivateKey:
        point = self._point(kid)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return TokenP256(self, kid, public)

    def credential_key(self, kid: str) -> Ed25519PrivateKey:
        return TokenEd25519(self, kid, Ed25519PublicKey.from_public_bytes(self._point(kid)))

    def signature(self, kid: str, data: bytes, mechanism: str) -> bytes:
        """Raises KeysUnreadable."""
        from pkcs11 import Mechanism, ObjectClass

        def sign(session: Any) -> bytes:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=kid)
            return bytes(key.sign(data, mechanism=Mechanism[mechanism]))

        return self._asked(sign)

    def _made(self, kind: Any, kid: str, curve: dict) -> None:
        def make(session: Any) -> bytes:
            parameters = session.create_domain_parameters(kind, curve, local=True)
            parameters.generate_keypair(store=True, label=kid)
            return b""

        self._asked(make)

    def _point(self, kid: str) -> bytes:
        from asn1crypto.core import OctetString
        from pkcs11 import Attribute, ObjectClass

        def look(session: Any) -> bytes:
            key = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=kid)
            return bytes(key[Attribute.EC_POINT])

        return bytes(OctetString.load(self._asked(look)).native)

    def _asked(self, question: Callable[[Any], bytes]) -> bytes:
        try:
            import pkcs11
        except ImportError as error:
            raise KeysUnreadable("python-pkcs11 is not installed") from error
        with self._lock:
            try:
                return question(self._open())
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
                self._session = None  # the next question opens another
                raise KeysUnreadable(f"{self.label}: {error or type(error).__name__}") from error

    def _open(self) -> Any:
        import pkcs11

        if self._session is None:
            token = pkcs11.lib(self.module).get_token(token_label=self.label)
            self._session = token.open(rw=True, user_pin=self.pin)
        return self._session


class _Kept:
    """What both kinds have in common: only ``sign`` and ``public_key`` work."""

    def __init__(self, token: Token, kid: str, public: Any):
        self._token, self._kid, self._public = token, kid, public

    def public_key(self) -> Any:
        return self._public

    def _stays(self, *_args: Any, **_more: Any) -> NoReturn:
        raise TypeError("the key does not leave its token")

    private_bytes = private_bytes_raw = private_numbers = exchange = _stays

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, _memo: dict) -> Any:
        return self


class TokenP256(_Kept, ec.EllipticCurvePrivateKey):  # type: ignore[misc]
    """ECDSA P-256 with SHA-256."""

    @property
    def curve(self) -> ec.EllipticCurve:
        return ec.SECP256R1()

    @property
    def key_size(self) -> int:
        return self.curve.key_size

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        from pkcs11.util.ec import encode_ecdsa_signature

        assert isinstance(signature_algorithm.algorithm, hashes.SHA256)
        digest = hashlib.sha256(data).digest()
        return bytes(encode_ecdsa_signature(self._token.signature(self._kid, digest, "ECDSA")))


class TokenEd25519(_Kept, Ed25519PrivateKey):  # type: ignore[misc]
    def sign(self, data: Any) -> bytes:
        return self._token.signature(self._kid, bytes(data), "EDDSA")
