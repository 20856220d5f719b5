"""A quick stand-in for Google's bq, whose start takes seconds, on the emulator that $BIGQUERYRC tells of.

It takes the commands and flags that the scripts use, and refuses all others:

    bq query --use_legacy_sql=false --location=L [--parameter=NAME::TEXT ...] [SQL, else stdin]
    bq cp -f SOURCE TARGET
    bq cp --snapshot --no_clobber SOURCE TARGET
    bq cp --restore --no_clobber SOURCE TARGET

where a table is [PROJECT:]DATASET.TABLE. --project_id, --headless and --quiet may stand before the command, and --location too.
"""

import json
import os
import pathlib
import re
import sys
import time
import urllib.error
import urllib.request

TABLE = re.compile(r"(?:([a-z0-9-]+):)?(\w+)\.(.+)")
COPIES = {
    ("-f",): ("COPY", "WRITE_TRUNCATE", "copied"),
    ("--no_clobber", "--snapshot"): ("SNAPSHOT", "WRITE_EMPTY", "snapshotted"),
    ("--no_clobber", "--restore"): ("RESTORE", "WRITE_EMPTY", "restored"),
}


def main(arguments):
    text = pathlib.Path(os.environ["BIGQUERYRC"]).read_text(encoding="utf-8")
    given = dict(line.partition("=")[::2] for line in text.splitlines())
    while arguments and arguments[0].startswith("-"):
        name, _, value = arguments.pop(0).removeprefix("--").partition("=")
        if name not in ("project_id", "headless", "quiet", "location"):
            fail(f"FATAL Flags parsing error:\n  the stand-in for bq does not know --{name}")
        given[name] = value
    command, *arguments = arguments or [""]
    flags = [argument for argument in arguments if argument.startswith("-")]
    rest = [argument for argument in arguments if not argument.startswith("-")]
    if command == "query":
        return query(given, flags, rest)
    if command == "cp":
        return cp(given, flags, rest)
    return fail(f"the stand-in for bq does not know the command {command!r}")


def fail(message):
    sys.exit(message)


def query(given, flags, rest):
    parameters = []
    for flag in flags:
        name, _, value = flag.partition("=")
        if name == "--parameter" and value.count("::"):
            key, _, text = value.partition("::")
            parameters.append({"name": key, "parameterType": {"type": "STRING"}, "parameterValue": {"value": text}})
        elif flag != "--use_legacy_sql=false" and name != "--location":
            fail(f"FATAL Flags parsing error:\n  the stand-in for bq does not know {flag}")
    if "--use_legacy_sql=false" not in flags or not any(flag.startswith("--location=") for flag in flags) and "location" not in given:
        fail("the scripts say --use_legacy_sql=false and --location")
    text = " ".join(rest) or sys.stdin.read()
    job = run(given, {"query": {"query": text, "useLegacySql": False, "queryParameters": parameters}})
    identity = job["jobReference"]["jobId"]
    if problem := job["status"].get("errorResult"):
        print(f"Error in query string: Error processing job '{given['project_id']}:{identity}': {problem['message']}")
        return 1
    children = ask(given, f"jobs?projection=full&parentJobId={identity}").get("jobs", [])
    children.sort(key=lambda child: int(child["statistics"]["creationTime"]))
    for child in children:
        frame = child["statistics"]["scriptStatistics"]["stackFrames"][0]
        print(f"{frame['text']}; -- at [{frame['startLine']}:{frame['startColumn']}]")
        show(given, child)
    if not children:
        show(given, job)
    return 0


def show(given, job):
    said = job["statistics"]["query"]
    if "numDmlAffectedRows" in said:
        print(f"Number of affected rows: {said['numDmlAffectedRows']}\n")
    elif "ddlTargetTable" in said:
        table = said["ddlTargetTable"]
        print(f"{said['ddlOperationPerformed'].capitalize()} {table['projectId']}.{table['datasetId']}.{table['tableId']}\n")
    elif job["configuration"]["query"].get("destinationTable"):
        found = ask(given, f"queries/{job['jobReference']['jobId']}")
        rows = [[field["name"] for field in found["schema"]["fields"]]]
        rows += [["NULL" if cell["v"] is None else str(cell["v"]) for cell in row["f"]] for row in found.get("rows", [])]
        for row in rows:
            print("| " + " | ".join(row) + " |")


def cp(given, flags, rest):
    known = COPIES.get(tuple(sorted(flags)))
    if not known or len(rest) != 2:
        return fail(f"the stand-in for bq does not know cp {' '.join(flags)}")
    operation, disposition, done = known
    tables = []
    for text in rest:
        match = TABLE.fullmatch(text)
        if not match:
            return fail(f"Cannot determine table described by {text}")
        tables.append({"projectId": match[1] or given["project_id"], "datasetId": match[2], "tableId": match[3]})
    source, target = (f"{table['projectId']}:{table['datasetId']}.{table['tableId']}" for table in tables)
    if ask(given, f"datasets/{tables[1]['datasetId']}") is None:
        print(f"BigQuery error in cp operation: Dataset {tables[1]['projectId']}:{tables[1]['datasetId']} not found. Please enter a valid dataset name.")
        return 2
    if disposition == "WRITE_EMPTY" and ask(given, f"datasets/{tables[1]['datasetId']}/tables/{tables[1]['tableId']}"):
        print(f"Table '{target}' already exists, skipping")
        return 0
    copy = {"sourceTables": tables[:1], "destinationTable": tables[1], "operationType": operation, "writeDisposition": disposition}
    job = run(given, {"copy": copy})
    if problem := job["status"].get("errorResult"):
        print(f"BigQuery error in cp operation: Error processing job '{given['project_id']}:{job['jobReference']['jobId']}': {problem['message']}")
        return 1
    print(f"Table '{source}' successfully {done} to '{target}'")
    return 0


def run(given, configuration):
    job = ask(given, "jobs", {"configuration": configuration})
    while job["status"]["state"] != "DONE":
        time.sleep(0.02)
        job = ask(given, f"jobs/{job['jobReference']['jobId']}")
    return job


def ask(given, path, body=None):
    """Return what the emulator answers, and nothing for what is not there."""
    url = f"{given['api']}/bigquery/v2/projects/{given['project_id']}/{path}"
    request = urllib.request.Request(url, body and json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        return fail(error.read().decode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
