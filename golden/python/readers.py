"""Reads a Postgres database in several threads for the Go tests, while others write it.

    readers.py DSN [SQL, ...]...

Each further argument is a reader: a JSON list of statements of one row and one text each, which it runs again and again, several
of them in a transaction of isolation level READ COMMITTED. A line on stdout says that every reader has read once. It goes on until
stdin ends, and prints one line of JSON: {"reads": {text: how often it was read, ...}, "errors": [...]}.
"""

import collections
import contextlib
import json
import sys
import threading
import time

import psycopg2

PAUSE = 0.005  # between two statements of a transaction, which go on holding their locks
REST = 0.02  # between two transactions: the processors are for others too


def read(dsn, statements, stop, ready, reads, errors):
    try:
        with contextlib.closing(psycopg2.connect(dsn)) as connection:
            connection.set_session(isolation_level="READ COMMITTED", autocommit=len(statements) == 1)
            while not stop.is_set():
                with connection.cursor() as cursor:
                    for statement in statements:
                        cursor.execute(statement)
                        reads.append(cursor.fetchone()[0])
                        if statement is not statements[-1]:
                            time.sleep(PAUSE)
                connection.commit()
                ready.set()
                time.sleep(REST)
    except psycopg2.Error as error:
        errors.append(str(error))
        ready.set()


def main(dsn, *readers):
    stop, reads, errors = threading.Event(), [], []
    ready, threads = [], []
    for statements in readers:
        ready.append(threading.Event())
        threads.append(threading.Thread(target=read, args=(dsn, json.loads(statements), stop, ready[-1], reads, errors)))
        threads[-1].start()
    for event in ready:
        event.wait()
    print("ready", flush=True)
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"reads": collections.Counter(reads), "errors": errors}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
