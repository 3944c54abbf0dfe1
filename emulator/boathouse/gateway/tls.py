"""The HTTPS listener's authority: a certificate authority of this installation's own, kept in its state folder.

It exists because S3A sends SSE-KMS headers over HTTPS only. Nobody trusts it but the workers it is handed to.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from boathouse.clock import Clock

VALID = timedelta(days=3650)
SERVER_VALID = timedelta(days=820)  # Apple's and Chrome's limit for a server's certificate is 825 days
RENEW_BEFORE = timedelta(days=30)


class Authority:
    """``ca.pem`` and ``server.pem`` (key and certificate) in ``folder``, made when missing or about to expire.

    ``hosts`` are names and addresses that it covers besides those of the machine itself.
    """

    def __init__(self, folder: Path, hosts: Iterable[str], clock: Clock) -> None:
        self._folder = folder
        self._hosts = tuple(hosts)
        self._clock = clock

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._server_file())
        return context

    def _server_file(self) -> Path:
        path = self._folder / "server.pem"
        if not path.exists() or not self._still_good(path):
            self._make(path)
        return path

    def _still_good(self, path: Path) -> bool:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return certificate.not_valid_after_utc - RENEW_BEFORE > self._clock.now() and all(
            name in list(names) for name in self._names()
        )

    def _make(self, server_file: Path) -> None:
        """Both anew: the authority's key is not kept, so nothing else can ever be signed with it."""
        now = self._clock.now()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = _name("Boathouse local authority")
        ca = (
            _builder(authority, authority, authority_key, now, VALID)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(authority_key, hashes.SHA256())
        )
        server = (
            _builder(_name("Boathouse"), authority, server_key, now, SERVER_VALID)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(self._names()), critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        key = server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self._folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        server_file.touch(mode=0o600)
        server_file.write_bytes(server.public_bytes(serialization.Encoding.PEM) + key)

    def _names(self) -> list[x509.GeneralName]:
        own = ("localhost", "*.localhost", "127.0.0.1", "::1", socket.gethostname())
        return [_general_name(host) for host in dict.fromkeys((*own, *self._hosts))]


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + valid)
    )
