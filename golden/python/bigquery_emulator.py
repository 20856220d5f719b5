"""Runs an emulator of BigQuery for the Go tests: local-bigquery, which executes on DuckDB. Its Python is that of bigquery/.

serving.py says how it is started. Its requests are:

    {"op": "use", "account": FOLDER}
        -> {"ok": true}     The server has this account, in files, from now on, and nothing of another one, whose files can be
                            copied. "" is an account that nobody keeps.
    {"op": "sql", "account": FOLDER, "project": NAME, "statements": [SQL, ...]}
        -> as driver.py answers; each statement is a job
    {"op": "script", "account": FOLDER, "project": NAME, "text": SQL, "parameters": {NAME: STRING}}
        -> {"ok": whether all of it was run, "output": what its statements have returned, and the error}
                            All of it is one job, as for the bq command line, whose own start takes seconds.

What local-bigquery gets wrong is put right here and in bigquery_catalog.py, so that dbt, bq and their statements run unmodified. It
has no privileges: GRANT and REVOKE are accepted and do nothing, so a test says by their text what they are to be. It has no
locations, no time travel and no limits of jobs a day, and a materialized view is a view.
"""

import decimal
import functools
import importlib.util
import logging
import pathlib
import re
import tempfile
import uuid

import duckdb
from bigquery_catalog import catalogue
from driver import to_json
from local_bigquery import app
from local_bigquery.api import jobs
from local_bigquery.catalog import tables
from local_bigquery.engine import database, sessions
from local_bigquery.engine.database import quote
from local_bigquery.errors import BigQueryError
from local_bigquery.jobs import query, runner
from local_bigquery.models import JobConfiguration, JobStatistics2, TableReference
from local_bigquery.settings import settings
from local_bigquery.sql import native, script
from serving import serve
from sqlglot import exp


def main():
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # which says that it does not know all of BigQuery
    keep_files()
    accept_grants()
    keep_texts()
    keep_results()
    end_transactions()
    catalogue()
    serve(app, answer)


def answer(request):
    use(request["account"])
    return OPERATIONS[request["op"]](request)


def keep_files():
    """Have each project in a file of DuckDB's own, in whatever folder the account is. local-bigquery has it in a DuckLake, which
    takes five times as long for a table, and which alone could read a table as it was at another time. And load the one extension
    that is needed from its package: DuckDB would download it, and keep it in the user's home."""

    @functools.cache
    def connect():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(config={"autoload_known_extensions": "false", "autoinstall_known_extensions": "false"})
        package = pathlib.Path(importlib.util.find_spec("duckdb_extension_icu").origin).parent
        connection.load_extension(str(package / "extensions" / f"v{duckdb.__version__}" / "icu.duckdb_extension"))
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"ATTACH '{settings.data_dir / 'emulator.duckdb'}' AS emulator")
        connection.execute(database.EMULATOR_SCHEMA)
        connection.execute("ATTACH ':memory:' AS bq")
        native.register(connection)
        for path in database.FUNCTIONS:
            if path.stem != "geography":  # of which the functions are in another extension
                connection.execute(database.MACRO.sub(r"CREATE MACRO bq.main.\1", path.read_text()))
        for path in settings.data_dir.glob("*.project"):
            attach(connection, path.stem)
        return connection

    def attach(connection, project):
        connection.execute(f"ATTACH IF NOT EXISTS '{settings.data_dir / project}.project' AS {quote(project)}")
        database._attached.add(project)

    database._connect, database._attach = connect, attach
    database.projects = lambda: sorted(database._attached)


def accept_grants():
    run = query._run

    def accepting(cur, tree, context, *args):
        if isinstance(tree, (exp.Grant, exp.Revoke)):
            return JobStatistics2(statementType=type(tree).__name__.upper())
        return run(cur, tree, context, *args)

    query._run = accepting


def keep_texts():
    """Run the text of EXECUTE IMMEDIATE as it is: local-bigquery writes it anew, and with it the definition of a view."""

    def execute(self, statement):
        if statement.names:
            return into(self, statement)
        text, saved = self.evaluate(statement.text), self.context.parameters
        if text is None:
            raise BigQueryError("invalidQuery", "EXECUTE IMMEDIATE sql string cannot be NULL")
        given = {}
        for index, (expression, alias) in enumerate(statement.items):
            if named := re.match(r"(?is)(.*)\sas\s+(\w+)$", expression):
                expression, alias = named.groups()
            given[alias or f"p{index}"] = script.read(self.store(self.expression(expression)))
        statements = script.parse_script(text)
        if len(statements) != 1:
            raise BigQueryError("invalidQuery", "EXECUTE IMMEDIATE takes one statement")
        self.context.parameters, self.context.position = saved | given, 0
        try:
            self.statements(statements)
        finally:
            self.context.parameters = saved

    into = script.Interpreter.execute
    script.Interpreter.execute = execute


FRAMES = {}  # where the statements of a script are in it, by their jobs
RESULTS = {}  # of the statements of a job, by its id, while somebody waits for them


def keep_results():
    """Give each statement of a script that returns rows a result of its own, and say which statement it was, for bq to print it:
    local-bigquery keeps that of the last one only. To bq a list with a token that is null has no end."""

    def execute(cur, project, job, config, dry_run, isolated, context, statements):
        kinds = {statement.kind for statement in statements}
        scripted = script.is_script([statement for statement in statements if statement.kind != "TEMP_FUNCTION"])
        if dry_run or not scripted or not job or "TEMP_FUNCTION" in kinds:
            return single(cur, project, job, config, dry_run, isolated, context, statements)
        config = config.replace(writeDisposition="WRITE_TRUNCATE")
        children, last = [], None

        def report(statistics):
            children.append(statistics)
            FRAMES[f"script_job_{job}_{len(children) - 1}"] = frame(config.query, context.system["statement_text"])

        def run_sql(tree):
            nonlocal last
            last = None
            if isinstance(tree, exp.Query):
                last = TableReference(projectId=project, datasetId=tables.RESULTS, tableId=f"script_job_{job}_{len(children)}")
            statistics = query._statement(cur, tree, context, last, config, False, True)
            report(statistics)
            if last and job in RESULTS:
                RESULTS[job].append(last)
            return statistics

        script.Interpreter(cur, context, run_sql, report).run(statements)
        return JobStatistics2(statementType="SCRIPT"), children, last

    single = query._execute
    query._execute = execute

    save = runner.store.save

    def own_result(job):
        reference = job.jobReference
        if job.statistics.parentJobId and reference.jobId.startswith("script_job_"):
            own = TableReference(projectId=reference.projectId, datasetId=tables.RESULTS, tableId=reference.jobId)
            found = tables.exists(*tables.reference(own))
            configuration = job.configuration.query.replace(destinationTable=own.dump() if found else None)
            said = {"evaluationKind": "STATEMENT", "stackFrames": [FRAMES.pop(reference.jobId, frame("", ""))]}
            job = job.replace(configuration=job.configuration.replace(query=configuration.dump()), statistics=job.statistics.replace(scriptStatistics=said))
        return save(job)

    runner.store.save = own_result
    job_list = jobs.JobList
    jobs.JobList = lambda **fields: job_list(**{name: value for name, value in fields.items() if value is not None})


def frame(text, statement):
    before = text[: max(text.find(statement), 0)]
    return {"startLine": before.count("\n") + 1, "startColumn": len(before) - before.rfind("\n"), "text": statement}


def end_transactions():
    """Roll back what a script has begun and not committed."""
    execute = query.execute

    def ending(cur, *args, **kwargs):
        try:
            return execute(cur, *args, **kwargs)
        finally:
            if not kwargs.get("session"):
                try:
                    cur.rollback()
                except duckdb.TransactionException:
                    pass  # nothing was begun

    query.execute = ending


ACCOUNT = [None]
NOBODY = tempfile.TemporaryDirectory()


def use(account):
    """Exchange the connection, and with it what local-bigquery keeps beside it."""
    if account == ACCOUNT[0]:
        return
    if database._connect.cache_info().currsize:
        for session in list(sessions._sessions):
            sessions.abort(session)
        database.connection().close()
        database._connect.cache_clear()
        database._attached.clear()
    settings.data_dir = pathlib.Path(account or NOBODY.name)
    ACCOUNT[0] = account


def submit(project, text, parameters=None):
    job = str(uuid.uuid4())
    given = [{"name": name, "parameterType": {"type": "STRING"}, "parameterValue": {"value": value}} for name, value in (parameters or {}).items()]
    configuration = {"query": {"query": text, "useLegacySql": False, "queryParameters": given, "parameterMode": "NAMED"}}
    RESULTS[job] = []
    runner.submit(project, job, JobConfiguration.model_validate(configuration))
    done = runner.wait(project, job, 600_000)
    found = RESULTS.pop(job)
    destination = done.configuration.query.destinationTable
    if destination and not found:
        found = [destination]
    return found, runner.error(done)


def rows_of(reference):
    """Return what a job has returned, as Python has it."""
    with database.cursor() as cursor:
        relation = cursor.sql(f"SELECT * FROM {tables.name(*tables.reference(reference))} ORDER BY rowid")
        return relation.columns, [[plain(value) for value in row] for row in relation.fetchall()]


def plain(value):
    """Write a NUMERIC as BigQuery does, which keeps no zeros behind the point."""
    if isinstance(value, decimal.Decimal):
        return format(value.normalize() + 0, "f")
    return to_json(value)


def run_sql(project, statements):
    found = []
    for statement in statements:
        found, error = submit(project, statement)
        if error:
            return {"ok": False, "error": error.message}
    columns, rows = rows_of(found[-1]) if found else ([], [])
    return {"ok": True, "columns": columns, "rows": rows}


def run_script(project, text, parameters):
    found, error = submit(project, text, parameters)
    output = [str(value) for reference in found for row in rows_of(reference)[1] for value in row]
    return {"ok": error is None, "output": "\n".join(output + ([error.message] if error else []))}


OPERATIONS = {
    "use": lambda request: {"ok": True},
    "sql": lambda request: run_sql(request["project"], request["statements"]),
    "script": lambda request: run_script(request["project"], request["text"], request.get("parameters")),
}


if __name__ == "__main__":
    main()
