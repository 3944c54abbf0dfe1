"""Lambda functions in processes of their own, kept warm. It knows no Lambda API: only how to run what it is given.

A process runs AWS's own runtime client (payload/lambda_runtime.py where that has no wheel) against the Runtime API
that we serve, on the interpreter that runs the platform, whatever python3.x the function asks for.
"""

from boathouse.workers.lambda_.function import Answer, Function, Invocation
from boathouse.workers.lambda_.pool import AWS_CLIENT, KEY_SECONDS, OWN_CLIENT, Pool

__all__ = ["AWS_CLIENT", "KEY_SECONDS", "OWN_CLIENT", "Answer", "Function", "Invocation", "Pool"]
