"""An authority and a certificate of it: for the local MySQL server, which clones trust as they trust RDS's elsewhere,
and for the tests' source sites.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: A local cluster does not get older than this.
VALID = dt.timedelta(days=825)
#: Clocks of host and containers may differ a little.
SKEW = dt.timedelta(hours=1)


@dataclass(frozen=True, repr=False)
class ServerIdentity:
    """PEM texts: the authority's certificate, the server's certificate and its private key."""

    authority: str
    certificate: str
    key: str


def issue(names: list[str], now: dt.datetime) -> ServerIdentity:
    """Make an authority, let it sign one server certificate, and forget its key: nobody can ever sign a second one.

    Args:
        names: DNS names of the server, the first one is its common name.
        now: aware time from which the certificates are valid, less an hour for clocks that are behind.
    """
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = _name(f"wordpress-clone local authority of {names[0]}")
    authority = (
        _builder(authority_name, authority_name, authority_key.public_key(), authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    addresses = [x509.DNSName(name) for name in names]
    certificate = (
        _builder(_name(names[0]), authority_name, key.public_key(), authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([*addresses, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    return ServerIdentity(_pem(authority), _pem(certificate), _key_pem(key))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePublicKey,
    now: dt.datetime,
) -> x509.CertificateBuilder:
    # The two identifiers are what Python's strict verification (3.13's default) asks for beyond OpenSSL's.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    pem = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, pem, serialization.NoEncryption()).decode()
