"""Runs a PostgreSQL of its own for the Go tests.

Prints one line of JSON, {"host": the folder of its socket, "bin": the folder of its programs}, when it takes connections, and
goes on until stdin ends: then whoever started it is gone, even if it was killed, and the server and its data go too.
"""

import fcntl
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the tests, and with them stdin
    # The path of a socket has room for a hundred bytes, which TMPDIR may use up.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        serve(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(folder):
    # Sorting, messages and times are the same on every machine. The runtime folder is where pgserver keeps a lock, over which
    # it would complain on a machine that has none.
    os.environ.update(LC_ALL="C", TZ="UTC", XDG_RUNTIME_DIR=str(folder))
    import pgserver
    from pgserver._commands import POSTGRES_BIN_PATH

    with open(__file__, encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # for root it makes a user to run as, which two at once cannot
        server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        server.psql("alter system set fsync = off; alter system set timezone = 'UTC'; select pg_reload_conf();")
        host = server.get_postmaster_info().socket_dir
        print(json.dumps({"host": str(host), "bin": str(POSTGRES_BIN_PATH)}), flush=True)
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
