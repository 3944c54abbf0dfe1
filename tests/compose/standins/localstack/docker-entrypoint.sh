#!/bin/bash
set -e
# shellcheck disable=SC1091
source /opt/code/localstack/.venv/bin/activate
exec python -m localstack.runtime.main
