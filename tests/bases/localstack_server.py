"""Runs inside `.venv-localstack`: LocalStack on the port of its argument, on loopback alone.

LocalStack 4.14 listens on all interfaces whatever host GATEWAY_LISTEN names (`runtime/server/twisted.py` drops it), and
a test must not open a machine that answers everybody as root. Standard input is a pipe that only the test holds.
"""

import functools
import os
import signal
import subprocess
import threading
from typing import Any

from localstack.runtime.main import main
from twisted.internet import endpoints


def end_with_the_test() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class InThisGroup(subprocess.Popen[Any]):
    """LocalStack gives its programs, Kinesis' among them, sessions of their own: they would outlive its kill."""

    def __init__(self, *command: Any, start_new_session: bool = False, **options: Any) -> None:
        super().__init__(*command, **options)


subprocess.Popen = InThisGroup  # type: ignore[misc]
threading.Thread(target=end_with_the_test, daemon=True).start()
endpoints.TCP4ServerEndpoint = functools.partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")
main()
