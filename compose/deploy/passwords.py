"""Makes each password of the containers once, at the first start, into a volume that only those who need it mount."""

import base64
import secrets
from pathlib import Path

ROOT = Path("/secrets")
NAMES = ("database/password", "minio/access-key", "minio/secret-key", "minio/kms-key")


def main() -> None:
    for name in NAMES:
        target = ROOT / name
        if target.exists():
            continue
        fresh = target.with_suffix(".new")
        fresh.write_text(made(name))
        # Each reader has a user of its own, and none of them is this one.
        fresh.chmod(0o444)
        fresh.replace(target)


def made(name: str) -> str:
    if name == "minio/kms-key":  # MinIO's one key, by whatever name objects are to be encrypted
        return "boathouse:" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(16)


if __name__ == "__main__":
    main()
