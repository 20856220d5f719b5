"""What emulator.py knows of databases, schemas, tables and views beside what snowduck does: which of them are transient, what views
were created with, more of the information schema, and a model of swaps.

It is kept in a table of each database, so it is in the files of the account and moves with the database. The swaps exchange what is
in two databases, or in two schemas of one, or leave both as they were. A view keeps its text, and so the names that it reads. They are a
model, and no evidence about Snowflake.
"""

import os
import pathlib
import re

import duckdb
import snowflake.connector
import sqlglot
from snowduck.connector.cursor import Cursor
from snowduck.dialect.preprocess.info_schema import _DATABASE_SCOPED_VIEWS
from snowduck.helper import load_sql
from snowduck.info_schema.manager import InfoSchemaManager
from sqlglot import exp

# A schema is kept under the name "", a database under the schema "" as well.
KEPT = "create table {0}._information_schema._kept (schema_name varchar, name varchar, transient boolean, text varchar)"

EMPTY = {
    "table_privileges": "grantor, grantee, granted_to, table_catalog, table_schema, table_name, privilege_type, is_grantable, with_hierarchy, created",
    "object_privileges": "grantor, grantee, granted_to, object_catalog, object_schema, object_name, object_type, privilege_type, is_grantable, created",
    "stages": "stage_catalog, stage_schema, stage_name, stage_url, stage_region, stage_type, stage_owner, comment, created, last_altered",
    "pipes": "pipe_catalog, pipe_schema, pipe_name, pipe_owner, definition, is_autoingest_enabled, notification_channel_name, created, last_altered, comment, pattern",
}
TRANSIENT = """create or replace view {0}._information_schema._kept_{1} as
    select x.* replace (case when k.transient then 'YES' else x.is_transient end as is_transient)
    from {0}._information_schema._{1} x left join {0}._information_schema._kept k on {2}"""


def refused(message, errno=2):
    return snowflake.connector.errors.ProgrammingError(msg=message, errno=errno, sqlstate="42601")


def describe_more():
    """Create views of the information schema that snowduck does not have, or not as Snowflake has them."""
    _DATABASE_SCOPED_VIEWS.update({name.upper(): f"_kept_{name}" for name in [*EMPTY, "tables", "schemata"]})
    create = InfoSchemaManager.create_database_information_schema

    def described(self, *, database, schema=None):
        fresh = not self.has_schema(database, self.info_schema_name)
        create(self, database=database, schema=schema)
        if fresh:
            self._execute_sql(f"create schema if not exists {database}.PUBLIC")  # where a session is that is only in a database
            self._execute_sql(KEPT.format(database))
            create_views(self, database)

    InfoSchemaManager.create_database_information_schema = described


def create_views(manager, database):
    for name, columns in EMPTY.items():
        nothing = ", ".join(f"null::{'timestamptz' if column in ('created', 'last_altered') else 'varchar'} as {column}" for column in columns.split(", "))
        manager._execute_sql(f"create or replace view {database}._information_schema._kept_{name} as select {nothing} where false")
    same_table = "k.schema_name = x.table_schema and k.name = x.table_name and x.table_type = 'BASE TABLE'"
    manager._execute_sql(TRANSIENT.format(database, "tables", same_table))
    manager._execute_sql(TRANSIENT.format(database, "schemata", "k.schema_name = x.schema_name and k.name = ''"))


def remember():
    """Keep what DuckDB does not, once a statement has been executed, refuse clones that Snowflake refuses, and drop what is full."""
    execute = Cursor._execute

    def remembering(self, statement, params=None):
        note = None
        if isinstance(statement, exp.Create) and statement.kind in ("DATABASE", "SCHEMA", "TABLE", "VIEW"):
            note = creation(self, statement)
        elif isinstance(statement, exp.Alter) and isinstance(renamed := (statement.args.get("actions") or [None])[0], exp.AlterRename):
            old = parts(self, statement.this)
            if kept := look_up(self, *old):
                note = (*parts(self, renamed.this), *kept)
        elif isinstance(statement, exp.Drop) and statement.kind == "SCHEMA":
            statement.set("cascade", True)
        elif isinstance(statement, exp.Drop) and statement.kind == "DATABASE":
            execute(self, exp.Commit())
            drop_database(self, folded(statement.find(exp.Identifier)), statement.args.get("exists"))
            statement = exp.select(exp.alias_(exp.Literal.string("Statement executed successfully."), "status"))
        execute(self, statement.transform(lambda node: with_ddl(self, node)), params)
        if note:
            keep(self, *note)

    Cursor._execute = remembering


def drop_database(cursor, database, if_exists):
    manager = cursor._info_schema_manager
    if not manager.has_database(database):
        if not if_exists:
            raise refused(f"Database '{database}' does not exist or not authorized.", errno=2003)
        return
    cursor._duck_cur.execute(f"use {manager.base_catalog_name}")  # what is in use cannot be detached
    cursor._duck_cur.execute(f'detach "{database}"')
    pathlib.Path(manager.database_path(database)).unlink(missing_ok=True)
    cursor._duck_cur.execute(f"delete from {manager.account_catalog_name}._information_schema._columns_ext where ext_table_catalog = $1", [database])


def creation(cursor, statement):
    """What to keep of a CREATE."""
    target = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
    if statement.kind == "DATABASE":
        database, schema, name = folded(target.this), "", ""
    elif statement.kind == "SCHEMA":
        database, schema, name = folded(target.args.get("catalog")) or cursor._sf_conn.database, folded(target.args["db"]), ""
    else:
        database, schema, name = parts(cursor, target)
    if not database or statement.args.get("exists") and look_up(cursor, database, schema, name):
        return None
    text, properties = None, statement.args.get("properties")
    if statement.kind == "VIEW":
        recreated = statement.copy()
        recreated.set("replace", True)
        recreated.set("exists", False)
        for grants in recreated.find_all(exp.CopyGrantsProperty):
            grants.pop()
        text = recreated.sql("snowflake")
    transient = bool(properties and properties.find(exp.TransientProperty)) or any(
        (look_up(cursor, database, *container) or [False])[0] for container in (("", ""), (schema, "")) if container != (schema, name)
    )
    if clone := statement.args.get("clone"):
        check_clone(cursor, clone.this, transient or bool(properties and properties.find(exp.TemporaryProperty)))
    return database, schema, name, transient, text


def check_clone(cursor, source, transient):
    source = parts(cursor, source)
    kept = look_up(cursor, *source) or [False, None]
    if kept[1]:
        raise refused(f"Object '{'.'.join(source)}' is a view, which cannot be cloned.")
    if kept[0] and not transient:
        raise refused("Transient object cannot be cloned to a permanent object.")


def folded(identifier):
    return identifier and (identifier.name if identifier.args.get("quoted") else identifier.name.upper())


def parts(cursor, table):
    session = cursor._sf_conn
    return folded(table.args.get("catalog")) or session.database, folded(table.args.get("db")) or session.schema, folded(table.this)


def look_up(cursor, database, schema, name):
    """[is it transient, the text of a view] of something that there is."""
    manager = cursor._info_schema_manager
    there = manager.has_relation(database=database, schema=schema, name=name) if name else manager.has_schema(database, schema) if schema else True
    if not there or not manager.has_schema(database, manager.info_schema_name):
        return None
    query = f"select transient, text from {database}._information_schema._kept where schema_name = $1 and name = $2"
    return cursor._duck_cur.execute(query, [schema, name]).fetchone()


def keep(cursor, database, schema, name, transient, text):
    table = f"{database}._information_schema._kept"
    cursor._duck_cur.execute(f"delete from {table} where schema_name = $1 and name = $2", [schema, name])
    cursor._duck_cur.execute(f"insert into {table} values ($1, $2, $3, $4)", [schema, name, transient, text])


def with_ddl(cursor, node):
    """Give GET_DDL of a view, by literals, its value. The names in it are those that the view was created with."""
    if not (isinstance(node, exp.Anonymous) and node.name.upper() == "GET_DDL"):
        return node
    kind, name, full = (*node.expressions, exp.false())[:3]
    if kind.name.upper() != "VIEW" or not name.is_string or full != exp.true():
        raise refused("the emulator knows GET_DDL('VIEW', 'name', true) only")
    names = parts(cursor, exp.to_table(name.name, dialect="snowflake"))
    kept = look_up(cursor, *names)
    if not kept or not kept[1]:
        raise refused(f"View '{'.'.join(names)}' does not exist or not authorized.", errno=2003)
    statement = sqlglot.parse_one(kept[1], read="snowflake")
    target = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
    target.replace(exp.table_(names[2], names[1], names[0], quoted=True))
    return exp.Literal.string(statement.sql("snowflake") + ";")


PART = r'(?:"(?:[^"]|"")+"|\w+)'
SWAP = rf"(?:if\s+exists\s+)?({PART}(?:\.{PART})?)\s+swap\s+with\s+({PART}(?:\.{PART})?)"
SPARE = " swap"  # behind a name, while it is needed twice
CREATED = re.compile(rf"(?is)create\s+(?:table|view)\s+{PART}(?:\.{PART})*")


def swap_containers(start, end, nothing):
    """Swap databases and schemas. Start and end are what may be around a statement, nothing is one that does nothing."""
    pattern = re.compile(start + rf"alter\s+(database|schema)\s+{SWAP}" + end)
    execute = Cursor.execute

    def swapping(self, command, *args, **kwargs):
        if not (swap := pattern.match(command)):
            return execute(self, command, *args, **kwargs)
        execute(self, "commit")
        _, kind, *names = swap.groups()
        first, second = (exp.to_table(name, dialect="snowflake") for name in names)
        if kind.lower() == "database":
            swap_databases(self, folded(first.this), folded(second.this))
        else:
            databases = [folded(schema.args.get("db")) or self._sf_conn.database for schema in (first, second)]
            if databases[0] != databases[1]:
                raise refused("the emulator swaps schemas of one database")
            swap_schemas(self, databases[0], folded(first.this), folded(second.this))
        return execute(self, nothing)

    Cursor.execute = swapping


def exchange(cursor, column, key, first, second):
    """Let what snowduck keeps of the lengths of columns follow, in a file of its own."""
    table = f"{cursor._info_schema_manager.account_catalog_name}._information_schema._columns_ext"
    which = f"where ext_table_catalog in ({key}) and {column} in ($1, $2)"
    other = f"select * replace (case {column} when $1 then $2 else $1 end as {column}) from {table} {which}"
    rows = cursor._duck_cur.execute(other, [first, second]).fetchall()
    cursor._duck_cur.execute(f"delete from {table} {which}", [first, second])
    for row in rows:
        cursor._duck_cur.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
    cursor._info_schema_manager.clear_cache()


def swap_databases(cursor, first, second):
    """Exchange the files: DuckDB keeps the text of views in them."""
    manager, duck = cursor._info_schema_manager, cursor._duck_cur
    for database in (first, second):
        if not manager.has_database(database):
            raise refused(f"Database '{database}' does not exist or not authorized.", errno=2003)
    one, other = (manager.database_path(database) for database in (first, second))
    if one == ":memory:":
        raise refused("the emulator swaps databases only of an account that is kept")
    duck.execute(f"use {manager.base_catalog_name}")  # what is in use cannot be detached
    done = []
    try:
        for database in (first, second):
            duck.execute(f'detach "{database}"')
        for source, target in ((one, other + ".swap"), (other, one), (other + ".swap", other)):
            os.rename(source, target)
            done.append((target, source))
    except BaseException:
        for target, source in reversed(done):
            os.rename(target, source)
        raise
    finally:
        for database, path in ((first, one), (second, other)):
            duck.execute(f"attach if not exists '{path}' as \"{database}\"")
    views = manager._get_filepath("database_information_schema.sql")
    for database in (first, second):  # whose views hold its name
        text = load_sql(views, account_catalog_name=manager.account_catalog_name, info_schema_name=manager.info_schema_name, database=database)
        duck.execute(text.replace("CREATE VIEW IF NOT EXISTS", "CREATE OR REPLACE VIEW"))
        create_views(manager, database)
    exchange(cursor, "ext_table_catalog", "$1, $2", first, second)


def swap_schemas(cursor, database, first, second):
    """Create the tables and the views of each in the other one. Comments get lost, and no view may be broken before and after."""
    manager, duck = cursor._info_schema_manager, cursor._duck_cur
    for schema in (first, second):
        if not manager.has_schema(database, schema):
            raise refused(f"Schema '{database}.{schema}' does not exist or not authorized.", errno=2003)
    which = "where database_name = $1 and schema_name in ($2, $3)"
    tables = duck.execute(f"select schema_name, table_name, sql from duckdb_tables() {which}", [database, first, second]).fetchall()
    views = duck.execute(f"select schema_name, view_name, sql from duckdb_views() {which}", [database, first, second]).fetchall()
    other = {first: second, second: first}

    def path(schema, name):
        return exp.table_(name, schema, database, quoted=True).sql("duckdb")

    def quoted(name):
        return exp.to_identifier(name, quoted=True).sql("duckdb")

    def create(kind, schema, name, sql):
        duck.execute(CREATED.sub(lambda _: f"create {kind} {path(other[schema], name)}", sql, count=1))

    duck.begin()
    try:
        moved, broken = [], []
        for schema, name, sql in views:  # while all is there that they read
            try:
                create("view", schema, name + SPARE, sql)
                moved.append((schema, name))
            except duckdb.CatalogException:
                broken.append((schema, name, sql))
        for schema, name, _ in views:
            duck.execute(f"drop view {path(schema, name)}")
        for schema, name, _ in tables:
            duck.execute(f"alter table {path(schema, name)} rename to {quoted(name + SPARE)}")
        for schema, name, sql in tables:
            create("table", schema, name, sql)
            duck.execute(f"insert into {path(other[schema], name)} from {path(schema, name + SPARE)}")
        for schema, name, _ in tables:
            duck.execute(f"drop table {path(schema, name + SPARE)}")
        for schema, name in moved:
            duck.execute(f"alter view {path(other[schema], name + SPARE)} rename to {quoted(name)}")
        for view in broken:  # which the swap may have mended
            create("view", *view)
        kept = f"{database}._information_schema._kept"
        duck.execute(f"update {kept} set schema_name = case schema_name when $1 then $2 else $1 end where schema_name in ($1, $2)", [first, second])
    except Exception as error:
        duck.rollback()
        raise refused(str(error)) from None
    duck.commit()
    exchange(cursor, "ext_table_schema", f"'{database}'", first, second)
