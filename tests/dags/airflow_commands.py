"""Runs several of Airflow's commands in one process of Airflow's own environment; not imported by a test.

Takes a JSON list of commands, prints ``<index> <exit code>`` after each. Imported and started anew for each command,
and with an API server of its own for each task, as the command line does it, ten tasks cost a minute of CPU.
"""

import functools
import json
import sys

from airflow.__main__ import main
from airflow.sdk.execution_time import supervisor

supervisor.in_process_api_server = functools.cache(supervisor.in_process_api_server)
for index, command in enumerate(json.loads(sys.argv[1])):
    sys.argv = ["airflow", *command]
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    print(f"\n{index} exit code {code}", flush=True)
