"""Builds MinIO's server from its Go module: ``python tests/bases/build_minio.py DEST`` leaves ``DEST/minio``.

MinIO publishes no binaries and no images any more. Takes three minutes on two cores when Go's cache is cold, and
nothing where DEST holds this version already.
"""

import os
import subprocess
import sys
from pathlib import Path

MODULE = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"
"""The last commit of its community repository but for removals; Go checks its hash against the public sum database."""


def build(folder: Path) -> Path:
    binary, built = folder / "minio", folder / "built-from"
    if binary.exists() and built.exists() and built.read_text() == MODULE:
        return binary
    folder.mkdir(parents=True, exist_ok=True)
    # CGO off: a static binary, for an image of any distribution
    environ = os.environ | {"GOBIN": str(folder.resolve()), "CGO_ENABLED": "0"}
    subprocess.run(["go", "install", "-trimpath", "-ldflags=-s -w", MODULE], env=environ, check=True)
    built.write_text(MODULE)
    return binary


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
