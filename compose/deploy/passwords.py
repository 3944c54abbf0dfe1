"""Makes each password of the containers once, at the first start, into a volume that only those who need it mount."""

import secrets
from pathlib import Path

ROOT = Path("/secrets")
NAMES = ("database/password", "minio/access-key", "minio/secret-key")


def main() -> None:
    for name in NAMES:
        target = ROOT / name
        if target.exists():
            continue
        fresh = target.with_suffix(".new")
        fresh.write_text(secrets.token_hex(16))
        # Each reader has a user of its own, and none of them is this one.
        fresh.chmod(0o444)
        fresh.replace(target)


if __name__ == "__main__":
    main()
