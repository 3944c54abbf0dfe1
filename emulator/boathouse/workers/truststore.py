"""Certificates for Java, which reads no PEM file."""

import os
import tempfile
import warnings
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.utils import CryptographyDeprecationWarning

PASSWORD = "changeit"  # noqa: S105 - Java's own default: a truststore holds nothing secret


def write_truststore(pem: Path, target: Path) -> None:
    """A PKCS #12 truststore with every certificate of ``pem``; ``target`` appears whole or not at all."""
    entries = [
        pkcs12.PKCS12Certificate(certificate, str(number).encode())
        for number, certificate in enumerate(_certificates(pem.read_bytes()))
    ]
    data = pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD.encode()))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(target)


def _certificates(pem: bytes) -> list[x509.Certificate]:
    with warnings.catch_warnings():
        # A system's bundle holds old roots with serial numbers that today's rules forbid; they are no news here.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return x509.load_pem_x509_certificates(pem)
