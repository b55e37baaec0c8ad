"""Plays gateway or worker for the supervisor's tests: a small real process that finishes its work before it stops.

Arguments: role, port (gateway) or ready file (worker), a diary that gets a line for each start and each orderly end.
"""

import http.server
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

ROLE, PLACE, DIARY = sys.argv[1:4]


def note(event: str) -> None:
    with Path(DIARY).open("a") as diary:
        diary.write(json.dumps({"role": ROLE, "event": event, "at": time.time(), "pid": os.getpid()}) + "\n")


class Live(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({name: value for name, value in os.environ.items() if name.startswith("MUSE_")}).encode())

    def log_message(self, *words: object) -> None:
        pass


def finish(_number: int, _frame: object) -> None:
    note("asked")
    time.sleep(float(os.environ.get("STAND_IN_WORK_S", "0.2")))  # the running work
    note("finished")
    os._exit(0)


signal.signal(signal.SIGTERM, finish)
note("started")
if ROLE == "gateway":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(PLACE)), Live)
    threading.Thread(target=server.serve_forever, daemon=True).start()
else:
    Path(PLACE).touch()
while True:
    signal.pause()
