"""A certificate for `localhost`, by which the engine reaches the servers of the tests, or for another host."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.database.server import _certificate

HOST_NAME = "localhost"


def write_certificates(folder: Path, host: str = HOST_NAME) -> None:
    """Write ca.crt, and tls.crt with tls.key signed by it, readable by the containers' users."""
    folder.mkdir()
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("test authority", authority_key.public_key(), None, authority_key)
    certificate = _certificate(host, key.public_key(), authority, authority_key)
    (folder / "ca.crt").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tls.key").write_bytes(pem)
