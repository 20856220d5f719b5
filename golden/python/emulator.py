"""Runs an emulator of Snowflake for the Go tests: snowduck, which executes on DuckDB. Its Python is that of snowflake/.

serving.py says how it is started. Its requests are:

    {"op": "use", "account": FOLDER}
        -> {"ok": true}     The server has this account, in files, from now on, and nothing of another one, whose files can be
                            copied. "" is an account that nobody keeps.
    {"op": "sql", "account": FOLDER, "statements": [SQL, ...]}
        -> as driver.py answers; one session, without a current database
    {"op": "script", "account": FOLDER, "text": SQL}
        -> {"ok": whether all of it was run, "output": what its statements have returned, and the error}
                            It is cut into statements as Snowflake's CLI does it, whose own start takes seconds.

What snowduck gets wrong is put right here, so that dbt, the CLI and their statements run unmodified. It has no privileges: GRANT,
REVOKE and COPY GRANTS are accepted and do nothing, so a test says by their text what they are to be. It does not swap
tables, does not clone schemas or databases and has no time travel. What it does at a swap of databases or schemas is the model in
catalog.py, and of Snowflake Scripting it has the model in scripting.py.
"""

import io
import pathlib
import re

import pyarrow
import snowflake.connector
from catalog import describe_more, remember, swap_containers
from driver import to_json
from scripting import run_blocks
from serving import serve
from snowduck.connector import Connector
from snowduck.connector.cursor import Cursor
from snowduck.dialect import Dialect
from snowduck.server import arrow, middleware, server, shared
from snowduck.server.connector_api import handlers
from snowduck.server.session_manager import SessionManager
from snowflake.connector.util_text import split_statements
from sqlglot import exp


def main():
    count_rows()
    keep_nulls()
    read_more()
    create_as()
    replace_at_once()
    commit_at_ddl()
    know_variables()
    hash_rows()
    describe_more()
    remember()
    swap_containers(START, END, NOTHING)
    run_blocks()
    serve(server.app, answer)


def answer(request):
    if BEGUN:  # whoever that was is gone; the CLI does not say so
        shared.shared_connector._duck_conn.rollback()
        BEGUN.clear()
    use(request["account"])
    return OPERATIONS[request["op"]](request)


def count_rows():
    """Say how many rows a response holds. For DML snowduck says how many were changed, with which snowflake-connector-python
    4.7 takes the response, of one row, for a torn one."""
    build = handlers._build_query_response

    def counted(cur, *args):
        data = build(cur, *args)
        if data.get("queryResultFormat") == "arrow":
            data["total"] = data["returned"] = cur._arrow_table.num_rows
        return data

    handlers._build_query_response = counted


def keep_nulls():
    """Send NULL for a timestamp that is NULL, for which snowduck sends 1970."""
    build = arrow.timestamp_to_sf_struct

    def with_nulls(timestamps):
        array = build(timestamps)
        parts = [part.fill_null(0) for part in array.flatten()]
        null = timestamps.combine_chunks().is_null() if isinstance(timestamps, pyarrow.ChunkedArray) else timestamps.is_null()
        return pyarrow.StructArray.from_arrays(parts, fields=list(array.type), mask=null)

    arrow.timestamp_to_sf_struct = with_nulls


START = r"(?is)^((?:\s|--[^\n]*\n|/\*.*?\*/)*)"  # a statement may have comments before it, and dbt writes one behind it
END = r"(?:\s|;|--[^\n]*|/\*.*?\*/)*$"
NOTHING = "select 'Statement executed successfully.' as \"status\""
REWRITES = [
    (START + r"(show\s+objects\s+in)\s+(?!account\b|database\b|schema\b)", r"\1\2 schema "),  # dbt-snowflake leaves the word out
    (START + r"(create\b.*\bclone\b.*?)\s+copy\s+grants\b", r"\1\2"),
    (START + r"(?:grant|revoke|comment\s+on\s+schema|use\s+secondary\s+roles)\s.*$", NOTHING),
    (START + r"alter\s+table\s.*\s(?:resume|suspend)\s+recluster" + END, NOTHING),
]


def read_more():
    """Rewrite what snowduck does not understand."""
    execute = Cursor.execute

    def rewritten(self, command, *args, **kwargs):
        if re.match(START + r"alter\s+table\s.*\sswap\s+with\s", command):  # of which snowduck makes nothing at all
            raise snowflake.connector.errors.ProgrammingError(msg="the emulator does not swap", errno=2, sqlstate="0A000")
        for pattern, replacement in REWRITES:
            command = re.sub(pattern, replacement, command)
        return execute(self, command, *args, **kwargs)

    Cursor.execute = rewritten


def create_as():
    """Create a table with columns of its own, which a contract gives a model, from a query: DuckDB wants it said in two steps."""
    execute = Cursor._execute

    def twice(self, statement, params=None):
        if not (isinstance(statement, exp.Create) and statement.kind == "TABLE" and isinstance(statement.this, exp.Schema) and statement.expression):
            return execute(self, statement, params)
        create = statement.copy()
        create.set("expression", None)
        execute(self, create, params)
        return execute(self, exp.Insert(this=statement.this.this, expression=statement.expression), params)

    Cursor._execute = twice


BEGUN = set()  # the sessions in a transaction


def commit_at_ddl():
    """Let DDL commit a transaction, as it does on Snowflake."""
    execute = Cursor._execute

    def committing(self, statement, params=None):
        if isinstance(statement, (exp.Alter, exp.Create, exp.Drop, exp.TruncateTable)) and self._sf_conn in BEGUN:
            committing(self, exp.Commit())
        result = execute(self, statement, params)
        if isinstance(statement, exp.Transaction):
            BEGUN.add(self._sf_conn)
        elif isinstance(statement, (exp.Commit, exp.Rollback)):
            BEGUN.discard(self._sf_conn)
        return result

    Cursor._execute = committing


def replace_at_once():
    """Keep a table that cannot be replaced, which snowduck drops before it makes the other one."""
    execute = Cursor._execute

    def in_transaction(self, statement, params=None):
        if not (isinstance(statement, exp.Create) and statement.args.get("replace") and statement.kind == "TABLE" and isinstance(statement.this, exp.Table)):
            return execute(self, statement, params)
        self._duck_cur.begin()
        try:
            execute(self, statement, params)
        except BaseException:
            self._duck_cur.rollback()
            raise
        self._duck_cur.commit()  # the answer has been fetched

    Cursor._execute = in_transaction


def know_variables():
    """Give a session's variables the values and types that they were set to, which snowduck takes for text, and GETVARIABLE."""
    execute = Cursor._execute

    def known(self, node):
        variables = self._sf_conn.__dict__.setdefault("variables", {})
        if isinstance(node, exp.Parameter):
            if (name := node.name.upper()) not in variables:
                raise snowflake.connector.errors.ProgrammingError(msg=f"Session variable '${name}' does not exist", errno=2211, sqlstate="02000")
            return variables[name].copy()
        if isinstance(node, exp.Anonymous) and node.name.upper() == "GETVARIABLE":
            return variables.get(node.expressions[0].name, exp.null()).copy()
        if isinstance(node, exp.Set):
            for item in node.expressions:
                execute(self, exp.select(item.this.expression))
                variables[item.this.this.name.upper()] = exp.convert(self.fetchone()[0])
            return exp.select(exp.alias_(exp.Literal.string("Statement executed successfully."), "status"))
        return node

    Cursor._execute = lambda self, statement, params=None: execute(self, statement.transform(lambda node: known(self, node)), params)


def hash_rows():
    """Give HASH_AGG(*), over one table, whose order does not matter, a value: not Snowflake's, but as good."""
    execute = Cursor._execute

    def known(node):
        if not (isinstance(node, exp.HashAgg) and isinstance(node.this, exp.Star)):
            return node
        table = node.find_ancestor(exp.Select).args["from_"].this
        row = exp.column((table.args["alias"] if table.alias else table).this.copy())
        return exp.func("coalesce", exp.func("sum", exp.func("hash", row)), exp.Literal.number(0))

    Cursor._execute = lambda self, statement, params=None: execute(self, statement.transform(known), params)


ACCOUNT = [""]


def use(account):
    """Exchange what the modules of snowduck have in common. It is one DuckDB for all sessions."""
    if account == ACCOUNT[0]:
        return
    shared.shared_connector.close()
    file = str(pathlib.Path(account) / "account.duckdb") if account else ":memory:"
    shared.shared_connector = handlers.shared_connector = Connector(db_file=file)
    middleware.session_manager = shared.session_manager = handlers.session_manager = SessionManager()
    Dialect.clear_cache()  # of what statements become, in which paths are
    ACCOUNT[0] = account


def run_sql(statements):
    with shared.shared_connector.connect() as connection:
        return run(connection.cursor(), statements)


def run(cursor, statements):
    try:
        for statement in statements:
            cursor.execute(statement)
    except snowflake.connector.errors.Error as error:
        return {"ok": False, "error": error.msg}
    table = cursor._arrow_table
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return {"ok": True, "columns": table.column_names, "rows": [[to_json(value) for value in row] for row in rows]}


def run_script(text):
    output = []
    with shared.shared_connector.connect() as connection:
        cursor = connection.cursor()
        for statement, _ in split_statements(io.StringIO(text), remove_comments=True):
            if not statement.strip(" ;\n"):
                continue
            answer = run(cursor, [statement])
            output += [str(value) for row in answer.get("rows", []) for value in row] + [answer.get("error", "")]
            if not answer["ok"]:
                return {"ok": False, "output": "\n".join(output)}
    return {"ok": True, "output": "\n".join(output)}


OPERATIONS = {
    "use": lambda request: {"ok": True},
    "sql": lambda request: run_sql(request["statements"]),
    "script": lambda request: run_script(request["text"]),
}


if __name__ == "__main__":
    main()
