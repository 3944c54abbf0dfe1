"""``make demo``: the whole platform on generated events, from an empty state to three answers.

Starts Boathouse on a free port with a state of its own, runs the pipeline as a user would, and stops it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from boathouse import launch, profile
from boathouse.errors import StartError
from boathouse.settings import Settings

STATE = Path(".boathouse/demo")
SAMPLE = Path("data/sample")


def main() -> int:
    shutil.rmtree(STATE, ignore_errors=True)
    settings = Settings(
        state_dir=STATE, aws_dir=STATE / "aws", port=launch.free_port(), workers=1, refill_workers=False
    )
    try:
        platform = launch.launch(settings)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        return run(settings)
    except KeyboardInterrupt:
        return 130
    finally:
        platform.stop()


def run(settings: Settings) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    pipeline = [sys.executable, "-m", "pipelines", "run", "all", "--source", str(SAMPLE), "--report"]
    code = subprocess.run(pipeline, env=environment | profile.environment(settings.aws_dir), check=False).returncode
    if code == 0:
        print(f"\nThe tables are kept. To query them:  .venv/bin/boathouse up --state {STATE}")
    return code


if __name__ == "__main__":
    sys.exit(main())
