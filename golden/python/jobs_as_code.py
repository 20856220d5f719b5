"""Reads files as dbt-jobs-as-code does, one path a line on stdin, and answers with a JSON list of what is in each.

Each file is read twice: as it is, where the tool wants no variable in it, and with a file of variables, where it renders the template
first. The two have to come to the same, and the tool's own JSON schema has to take both.
"""

import json
import pathlib
import sys
import tempfile

import dbt_jobs_as_code
import jsonschema
from dbt_jobs_as_code.loader import load
from ruamel.yaml import YAML

SCHEMA = json.loads((pathlib.Path(dbt_jobs_as_code.__file__).parent / "schemas" / "load_job_schema.json").read_text())


def read(path, variables):
    plain = load.load_job_configuration([path], None)
    rendered = load.load_job_configuration([path], [variables])
    if plain != rendered:
        raise ValueError("Jinja makes something else of the file")
    document = YAML(typ="safe").load(pathlib.Path(path).read_text(encoding="utf-8"))
    jsonschema.validate(document, SCHEMA)
    return [
        {
            "name": job.identifier,
            "description": job.description,
            "target": job.settings.target_name,
            "threads": job.settings.threads,
            "environment": job.environment_id,
            "timeout": job.execution.timeout_seconds,
            "cron": job.schedule.cron,
            "scheduled": job.triggers.schedule,
            "steps": job.execute_steps,
        }
        for job in plain.jobs.values()
    ]


def main():
    answers = []
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as variables:
        variables.write("a_variable: 1\n")
        variables.flush()
        for path in sys.stdin.read().splitlines():
            try:
                answers.append({"jobs": read(path, variables.name)})
            except Exception as error:
                answers.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(answers, sys.stdout)


main()
