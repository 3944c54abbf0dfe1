"""What the container `deploy` does: the stack, and before it, if asked to, an empty emulator.

    docker compose run --rm deploy --from-empty

is for when LocalStack has died, with all that it had: then nothing of what the emulator knows is there any more.
"""

import argparse
import os
import subprocess
import sys
import urllib.request

AGAIN = """
The platform is empty and deployed anew. Start what waited for that, and bring again what was in the lake: in Airflow,
clear the runs of ingest_github_events, or

  docker compose up --detach
  docker compose exec airflow-scheduler airflow backfill create --dag-id ingest_github_events \\
    --from-date 2025-10-08 --to-date 2025-10-09 --reprocess-behavior completed
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes or updates the stack in the containers.")
    parser.add_argument("--from-empty", action="store_true", help="forget everything first")
    asked = parser.parse_args()
    if asked.from_empty:
        address = f"{os.environ['AWS_ENDPOINT_URL']}/_boathouse/reset"
        with urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=120) as answer:  # noqa: S310
            answer.read()
    code = subprocess.run([sys.executable, "-m", "pipelines", "deploy", "--profile", "compose"], check=False).returncode
    if asked.from_empty and code == 0:
        sys.stdout.write(AGAIN)
    return code


if __name__ == "__main__":
    sys.exit(main())
