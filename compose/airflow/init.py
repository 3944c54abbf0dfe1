"""Before Airflow's first start: what is secret in its configuration, then the database's schema.

Keys and passwords are made once and kept in a volume that only Airflow's containers mount. All else about Airflow is
set by docker-compose.yml.
"""

import base64
import json
import os
import secrets
from pathlib import Path

CONFIGURATION = Path(os.environ["AIRFLOW_CONFIG"])
PASSWORDS = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
DATABASE_PASSWORD = Path("/run/secrets/database/password")


def configuration() -> str:
    password = DATABASE_PASSWORD.read_text()
    fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return f"""[core]
fernet_key = {fernet_key}

[database]
sql_alchemy_conn = postgresql+psycopg2://airflow:{password}@postgres/airflow

[api]
secret_key = {secrets.token_hex(32)}

[api_auth]
jwt_secret = {secrets.token_hex(64)}
"""


def write_once(target: Path, text: str) -> None:
    if not target.exists():
        fresh = target.with_suffix(".new")
        fresh.touch(mode=0o660)
        fresh.write_text(text)
        fresh.replace(target)


def main() -> None:
    write_once(CONFIGURATION, configuration())
    chosen = os.environ.get("AIRFLOW_ADMIN_PASSWORD")
    if chosen:
        PASSWORDS.unlink(missing_ok=True)
    write_once(PASSWORDS, json.dumps({"admin": chosen or secrets.token_urlsafe(12)}) + "\n")
    os.execvp("airflow", ["airflow", "db", "migrate"])  # noqa: S606 - that is what is left of this process


if __name__ == "__main__":
    main()
