"""What runs inside the base's process: ministack under uvicorn, ended when the platform that started it is gone.

Standard input is a pipe that only the platform holds; its end closes with the platform, by whatever signal.
"""

import os
import signal
import sys
import threading

import uvicorn


def _end_with_the_platform() -> None:
    while os.read(0, 1024):  # not sys.stdin, whose lock would hold up the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    threading.Thread(target=_end_with_the_platform, name="platform-watch", daemon=True).start()
    uvicorn.run("ministack.app:app", host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
