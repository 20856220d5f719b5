"""What the emulator of BigQuery knows of tables and views beside their rows, and what it refuses because BigQuery refuses it."""
import time

from local_bigquery.catalog import metadata


def catalogue():
    tick()


def tick():
    """Let no two times be the same, as two statements of a real job never have the same one."""
    last = [0]

    def now():
        last[0] = max(int(time.time() * 1000), last[0] + 1)
        return str(last[0])

    metadata.now = now
