"""What the emulators have in common: the server, and the requests that a Go test writes to stdin."""

import json
import signal
import socket
import sys
import threading
import time
import traceback

import uvicorn
from driver import take_stdout


def serve(app, answer):
    """Serve app on a free port of the loopback address, and print one line of JSON, {"port": it}, when it takes connections. Then
    answer one JSON request a line on stdin with one JSON answer a line on stdout, until stdin ends: then whoever started it is
    gone, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the tests, and with them stdin
    answers = take_stdout()
    # Of a socket that does not say that it is TCP's, asyncio does not know that it may be set not to wait before it sends.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    http = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    threading.Thread(target=http.run, kwargs={"sockets": [listener]}, daemon=True).start()
    while not http.started:
        time.sleep(0.01)
    reply = {"port": listener.getsockname()[1]}
    while True:
        answers.write(json.dumps(reply) + "\n")
        answers.flush()
        if not (line := sys.stdin.readline()):
            return
        try:
            reply = answer(json.loads(line))
        except Exception:  # a bad request or a defect here: the test that asked shows it, and the next one goes on
            reply = {"ok": False, "error": traceback.format_exc()}
