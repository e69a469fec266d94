"""Runs Rasa's server for the service: ``python -m engine`` and the arguments of ``rasa run``.

The service holds the other end of standard input. When that closes, because the service stopped or was killed,
the engine stops too, so that its port is free for the next start.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def _stop_with_the_service() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Timer(3, os._exit, [1]).start()  # whatever still runs by then has nobody to talk to


def main() -> None:
    """Start Rasa's server beside the watch on standard input."""
    threading.Thread(target=_stop_with_the_service, daemon=True).start()
    sys.argv = ["rasa", "run", *sys.argv[1:]]
    from rasa.__main__ import main as rasa

    rasa()


main()
