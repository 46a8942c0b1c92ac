"""A real MySQL server in a container, with certificates and passwords made for one test run."""

import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import stamina
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.database.connect import DatabaseServer
from api.domain.errors import DatabaseUnavailable

IMAGE = "wordpress-clone/mysql:9.7"
HOST_NAME = "mysql.database.svc"  # the name on the certificate; tests dial the loopback


@dataclass(frozen=True)
class TestServer:
    """Where the server is, and the files to log in with."""

    __test__ = False

    port: int
    ca_file: Path
    password_file: Path


@contextmanager
def answering_server(folder: Path, options: Sequence[str] = ()) -> Iterator[DatabaseServer]:
    """Start a server and wait until it answers the account that administers clones, whose way to it this is."""
    with running_server(folder, options) as found:
        server = DatabaseServer(
            host=HOST_NAME,
            port=found.port,
            user="clone_admin",
            password_file=found.password_file,
            ca_file=found.ca_file,
            address="127.0.0.1",
        )
        for attempt in stamina.retry_context(on=DatabaseUnavailable, attempts=None, timeout=180, wait_max=0.5):
            with attempt, server.session() as session:
                session.execute("SELECT 1")
        yield server


@contextmanager
def running_server(folder: Path, options: Sequence[str] = ()) -> Iterator[TestServer]:
    """Start a server and remove it afterwards; it need not answer yet. `options` are more of docker's."""
    accounts, tls = folder / "accounts", folder / "tls"
    _write_accounts(accounts)
    _write_certificates(tls)
    options = [*options, f"--volume={accounts}:/etc/mysql/accounts:ro", f"--volume={tls}:/etc/mysql/tls:ro"]
    container = _docker("run", "--detach", "--rm", "--publish=127.0.0.1::3306", *options, IMAGE)
    try:
        port = int(_docker("port", container, "3306/tcp").rpartition(":")[2])
        yield TestServer(port, tls / "ca.crt", accounts / "clone-admin-password")
    finally:
        _docker("rm", "--force", container)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def _write_accounts(folder: Path) -> None:
    folder.mkdir()
    for name in ("root-password", "clone-admin-password"):
        (folder / name).write_text(secrets.token_hex(16), encoding="utf-8")


def _write_certificates(folder: Path) -> None:
    """Write an authority and a certificate of its for HOST_NAME, readable by the container's user."""
    folder.mkdir()
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("test authority", authority_key.public_key(), None, authority_key)
    certificate = _certificate(HOST_NAME, key.public_key(), authority, authority_key)
    (folder / "ca.crt").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encryption = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    (folder / "tls.key").write_bytes(pem)


def _certificate(
    name: str,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    usage = {"key_encipherment": False, "data_encipherment": False, "key_agreement": False, "encipher_only": False}
    usage |= {"content_commitment": False, "decipher_only": False, "crl_sign": False}
    signs = issuer is None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signs, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not signs, key_cert_sign=signs, **usage), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
