"""Runs dbt and SQL for the Go tests, in one process, because importing dbt costs more than most of its commands.

One JSON request a line on stdin, one JSON answer a line on stdout, until stdin ends:

    {"op": "dbt", "cwd": DIR, "args": ["build", ...], "env": {NAME: VALUE}}
        -> {"ok": true, "exit": 0, "log": "what dbt printed"}
           exit is that of the dbt command: 0 fine, 1 a node failed, 2 wrong usage or an error outside of the nodes
    {"op": "sql", "db": PATH, "statements": [SQL, ...]}
        -> {"ok": true, "columns": [...], "rows": [[...], ...]}     of the last statement
           {"ok": false, "error": "..."}                           of the first one that failed
    {"op": "sql", "postgres": DSN, "statements": [SQL, ...]}
    {"op": "sql", "snowflake": DATABASE, "statements": [SQL, ...]}, on the account that the environment's SNOWFLAKE_* name
    {"op": "sql", "bigquery": PROJECT, "location": PLACE, "statements": [SQL, ...]}, with the application default credentials
        -> the same; each statement is committed by itself
    {"op": "select", "cwd": DIR, "cases": [{"command": "ls", "args": ["--select", ...], "selectors": [...]}, ...]}
        -> {"ok": true, "answers": [{"ids": [...], "no_match": [...]}, {"error": "..."}, ...]}
           ids are sorted; no_match are the criteria of which dbt warns that they match nothing, in its order
           selectors, if there are any, stand for those of the project's selectors.yml
           The project is parsed, and its manifest written, at the first request for DIR only.
    {"op": "render", "names": {...}, "cases": [{"macro": "{% macro m(custom, node) %}...", "custom": "mart"}, ...]}
        -> {"ok": true, "answers": [{"text": "..."}, {"error": "..."}, ...]}
           what dbt's Jinja makes of m(custom, node), where names are the globals, and node is one of them
    {"op": "switch", "models": {"source.table": "model"}, "cases": [{"before": "{{ source(...) }}", "after": "{{ ref(...) }}"}, ...]}
        -> {"ok": true, "answers": [{"calls": 1, "difference": ""}, {"error": "..."}, ...]}
           how many calls of source() in before read a table of models, and no part of its name, and what after parses to otherwise than before with the ref()
           of a model for each; an error is that of before

Between two requests no database file is open, so that others can open it, and no server has a connection to this process. What no JSON type can carry exactly
(decimals, dates, integers beyond 64 bits) is answered as a string.
"""

import contextlib
import dataclasses
import importlib
import io
import json
import math
import os
import sys
import traceback


def take_stdout():
    """Return a stream for the answers, and send whatever else writes to stdout, C code included, to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


@contextlib.contextmanager
def surroundings(cwd, env):
    """Work in cwd with env added to the environment, and put both back, whatever dbt (it reads .env files) did to them."""
    old_cwd, old_env = os.getcwd(), dict(os.environ)
    os.chdir(cwd)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(old_env)
        os.chdir(old_cwd)


def run_dbt(request):
    from dbt.adapters.factory import reset_adapters
    from dbt.cli.main import dbtRunner

    name_destination()
    log = io.StringIO()
    with surroundings(request["cwd"], request.get("env") or {}), contextlib.redirect_stdout(log):
        try:
            result = dbtRunner().invoke(request["args"])
        finally:
            reset_adapters()
            close_duckdb()
    if result.exception is None:
        return {"ok": result.success, "exit": 0 if result.success else 1, "log": log.getvalue()}
    # The command line program prints what is wrong with its arguments itself; everything else has been logged already.
    if str(result.exception) not in log.getvalue():
        log.write(f"{type(result.exception).__name__}: {result.exception}\n")
    return {"ok": False, "exit": 2, "log": log.getvalue()}


def name_destination():
    """Let BigQuery's client know where a CREATE TABLE AS has its rows: of which dbt asks after it, and the emulator leaves it out."""
    try:
        from google.cloud.bigquery import QueryJob
    except ModuleNotFoundError:
        return  # dbt has another adapter
    if not hasattr(QueryJob.destination, "original"):
        QueryJob.destination = Destination(QueryJob.destination)


class Destination:
    """QueryJob.destination, or where its DDL has put the rows."""

    def __init__(self, original):
        self.original = original

    def __get__(self, job, owner=None):
        return self if job is None else self.original.__get__(job, owner) or job.ddl_target_table


def close_duckdb():
    """Close the database file, which dbt-duckdb would keep open, and locked, until this process ends."""
    connections = sys.modules.get("dbt.adapters.duckdb.connections")
    if connections and (environment := connections.DuckDBConnectionManager._ENV):
        environment.close()
        connections.DuckDBConnectionManager.close_all_connections()


def run_sql(request):
    if "snowflake" in request:
        return run_snowflake(request)
    if "bigquery" in request:
        return run_bigquery(request)
    return run_postgres(request) if "postgres" in request else run_duckdb(request)


def run_snowflake(request):
    import snowflake.connector

    keys = ("account", "user", "password", "role", "warehouse", "host", "port", "protocol")
    given = {key: os.environ[f"SNOWFLAKE_{key.upper()}"] for key in keys if f"SNOWFLAKE_{key.upper()}" in os.environ}
    with snowflake.connector.connect(**given) as connection, connection.cursor() as cursor:
        try:
            for statement in request["statements"]:
                cursor.execute(statement)
        except snowflake.connector.errors.Error as error:
            return {"ok": False, "error": str(error)}
        columns = [column.name for column in cursor.description or []]
        return {"ok": True, "columns": columns, "rows": [[to_json(value) for value in row] for row in cursor.fetchall()]}


def run_bigquery(request):
    import google.api_core.exceptions
    from google.cloud import bigquery

    with contextlib.closing(bigquery.Client(request["bigquery"], location=request["location"])) as client:
        try:
            for statement in request["statements"]:
                rows = client.query_and_wait(statement)
        except google.api_core.exceptions.GoogleAPIError as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, "columns": [field.name for field in rows.schema or []], "rows": [[to_json(value) for value in row.values()] for row in rows]}


def run_duckdb(request):
    import duckdb

    with duckdb.connect(request["db"]) as connection:
        try:
            for statement in request["statements"]:
                connection.execute(statement)
        except duckdb.Error as error:
            return {"ok": False, "error": str(error)}
        columns = [column[0] for column in connection.description or []]
        rows = [[to_json(value) for value in row] for row in connection.fetchall()] if columns else []
    return {"ok": True, "columns": columns, "rows": rows}


def run_postgres(request):
    import psycopg2

    with contextlib.closing(psycopg2.connect(request["postgres"])) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        try:
            for statement in request["statements"]:
                cursor.execute(statement)
        except psycopg2.Error as error:
            return {"ok": False, "error": str(error)}
        columns = [column.name for column in cursor.description or []]
        rows = [[to_json(value) for value in row] for row in cursor.fetchall()] if columns else []
    return {"ok": True, "columns": columns, "rows": rows}


def to_json(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    return str(value)


class Selections:
    """Answers selections over one project as dbt's commands would: with its command line, its tasks, its selectors. What they
    have in common is done once: the manifest, the graph of each command, and the files that do not change."""

    def __init__(self, cwd):
        from dbt.cli import requires
        from dbt.cli.flags import Flags, args_to_context
        from dbt.config.project import PartialProject, read_project_flags
        from dbt.config.renderer import DbtProjectYamlRenderer

        @requires.postflight
        @requires.preflight
        @requires.profile
        @requires.project
        @requires.runtime_config
        @requires.manifest
        def parse(context):
            return context.obj, True

        with args_to_context(["--quiet", "--log-level-file", "none", "parse"]) as context:
            context.obj = {}
            parsed, _ = parse(context)
        self.manifest, self.config = parsed["manifest"], parsed["runtime_config"]
        self.partial = PartialProject.from_project_root(cwd)
        self.renderer = DbtProjectYamlRenderer(parsed["profile"])
        project_flags = read_project_flags(cwd, cwd)
        self.flags = lambda args: Flags(args_to_context(args), project_flags)
        self.graphs, self.own_selectors = {}, {}
        self.no_match = []

    def hear(self, event):
        if event.info.name == "NoNodesForSelectionCriteria":
            self.no_match.append(event.data.spec_raw)

    def answer(self, case):
        try:
            return self.select(case["command"], case["args"], case.get("selectors"))
        except Exception as error:  # whatever it is, it would have ended the command
            return {"error": f"{type(error).__name__}: {error}"}

    def select(self, command, args, selectors):
        from dbt.flags import set_flags
        from dbt_common.events.contextvars import task_contextvars

        self.no_match = []
        flags = self.flags([command, *args])
        set_flags(flags)
        self.config.args, self.config.selectors = flags, self.read_selectors(selectors, flags.INDIRECT_SELECTION)
        task = task_class(command)(flags, self.config, self.manifest)
        with task_contextvars(project_root=self.config.project_root):
            if command not in self.graphs:
                task.compile_manifest()
                self.graphs[command] = task.graph
            task.graph = self.graphs[command]
            ids = task.get_node_selector().get_selected(task.get_selection_spec())
        return {"ids": sorted(ids), "no_match": self.no_match}

    def read_selectors(self, selectors, mode):
        """Read them as dbt does while it loads the project. What it makes of them depends on --indirect-selection."""
        if selectors is not None:
            return dataclasses.replace(self.partial, selectors_dict={"selectors": selectors}).render(self.renderer).selectors
        if mode not in self.own_selectors:
            self.own_selectors[mode] = self.partial.render(self.renderer).selectors
        return self.own_selectors[mode]


def task_class(command):
    """Return the class that dbt/cli/main.py runs a command with."""
    name = {"ls": "list"}.get(command, command)
    return getattr(importlib.import_module(f"dbt.task.{name}"), f"{name.capitalize()}Task")


SELECTIONS = {}  # of each folder


def run_select(request):
    from dbt_common.events.event_manager_client import get_event_manager

    cwd = request["cwd"]
    with surroundings(cwd, {}):
        if cwd not in SELECTIONS:
            SELECTIONS[cwd] = Selections(cwd)
        selections = SELECTIONS[cwd]
        get_event_manager().callbacks = [selections.hear]  # every dbt command in between sets up its own
        return {"ok": True, "answers": [selections.answer(case) for case in request["cases"]]}


def run_render(request):
    from dbt_common.clients.jinja import get_environment
    from dbt_common.exceptions.macros import MacroReturn

    def give_back(value=None):
        raise MacroReturn(value)

    names = {**{name: Names(value) if isinstance(value, dict) else value for name, value in request["names"].items()}, "return": give_back}
    answers = []
    for case in request["cases"]:
        try:
            module = get_environment(None, False).from_string(case["macro"]).make_module(names)
            try:
                text = str(module.dbt_macro__m(case["custom"], names["node"]))
            except MacroReturn as returned:
                text = str(returned.value)
            answers.append({"text": text})
        except Exception as error:  # whatever it is, it would have ended the command
            answers.append({"error": f"{type(error).__name__}: {error}"})
    return {"ok": True, "answers": answers}


class Names(dict):
    """A mapping whose keys are attributes too, as those of dbt's target and node are."""

    __getattr__ = dict.__getitem__


def run_switch(request):
    from dbt_common.clients.jinja import get_environment

    environment = get_environment(None, capture_macros=True)
    answers = []
    for case in request["cases"]:
        try:
            before = environment.parse(case["before"])
        except Exception as error:  # Jinja refuses it, and so does dbt
            answers.append({"error": f"{type(error).__name__}: {error}"})
            continue
        try:
            switch = switcher(before, request["models"])
            want, got = repr(switch.visit(before)), repr(environment.parse(case["after"]))
            answers.append({"calls": switch.calls, "difference": "" if want == got else f"want {want}\ngot  {got}"})
        except Exception as error:
            answers.append({"difference": f"after the switch: {type(error).__name__}: {error}"})
    return {"ok": True, "answers": answers}


def switcher(template, models):
    """What makes of each literal source() of a template the ref() of its model, with `calls`, how many those are."""
    from jinja2 import nodes, visitor

    bound = {name.name for name in template.find_all(nodes.Name) if name.ctx in ("store", "param")}
    bound |= {macro.name.removeprefix("dbt_macro__") for macro in template.find_all(nodes.Macro)}

    # Of these a part of the name is read, which the copy has another of.
    named = {id(of.node) for of in template.find_all(nodes.Getattr) if of.attr in ("database", "identifier", "name", "schema", "table")}

    class Switcher(visitor.NodeTransformer):
        calls = 0

        def visit_Call(self, node):
            self.generic_visit(node)
            if id(node) in named:
                return node
            called, args = node.node, node.args
            plain = isinstance(called, nodes.Name) and called.name == "source" and not bound & {"source", "ref"}
            builtin = isinstance(called, nodes.Getattr) and called.attr == "source" and isinstance(called.node, nodes.Name) and called.node.name == "builtins"
            # Some dbts may take names for the two.
            words = dict(zip(["source_name", "table_name"], args)) if len(args) <= 2 else {}
            if not any(kwarg.key in words for kwarg in node.kwargs):
                words |= {kwarg.key: kwarg.value for kwarg in node.kwargs}
            literal = set(words) == {"source_name", "table_name"} and all(isinstance(word, nodes.Const) for word in words.values())
            literal = literal and len(args) + len(node.kwargs) == 2 and not (node.dyn_args or node.dyn_kwargs)
            model = models.get(f"{words['source_name'].value}.{words['table_name'].value}") if literal and (plain or builtin) else None
            if model:
                self.calls += 1
                setattr(called, "name" if plain else "attr", "ref")
                node.args, node.kwargs = [nodes.Const(model)], []
            return node

    return Switcher()


OPERATIONS = {"dbt": run_dbt, "sql": run_sql, "select": run_select, "render": run_render, "switch": run_switch}


def main():
    answers = take_stdout()
    os.environ.update(DBT_SEND_ANONYMOUS_USAGE_STATS="false", DBT_USE_COLORS="false")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = OPERATIONS[request["op"]](request)
        except Exception:  # a bad request or a defect here: the test that asked shows it, and the next one goes on
            answer = {"ok": False, "exit": 2, "error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
