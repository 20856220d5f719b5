"""What the emulator of BigQuery knows of tables and views beside their rows, and what it refuses because BigQuery refuses it.

Where BigQuery's wording of an error is known it is used. It is said in the table's metadata, which local-bigquery has in JSON, of
what depth a clone is (chainDepth), and which tables a view reads, and when they were made (bases).
"""

import re
import time

import duckdb
import sqlglot
from local_bigquery.catalog import datasets, metadata, names, options, tables
from local_bigquery.catalog import ddl as catalog_ddl
from local_bigquery.engine import database, types
from local_bigquery.engine.database import quote
from local_bigquery.engine.types import bigquery_type
from local_bigquery.errors import BigQueryError, already_exists, not_found
from local_bigquery.jobs import copy, query, runner
from local_bigquery.models import JobConfigurationQuery, JobStatistics5, Table
from local_bigquery.sql import script
from local_bigquery.sql.dialect import BigQueryDialect
from local_bigquery.sql.rules import ddl, information_schema
from local_bigquery.sql.rules import tables as table_rules
from sqlglot import exp

DEPTH = 3  # of clones and snapshots of clones and snapshots
KINDS = {"MATERIALIZED_VIEW": "MATERIALIZED VIEW"}


def catalogue():
    tick()
    count_rows()
    read_options()
    around_statements()
    inherit()
    write_tables()
    break_materialized_views()
    describe()
    copy_tables()


def tick():
    """Let no two times be the same: a test changes a table, and asks for it, within one millisecond."""
    last = [0]

    def now():
        last[0] = max(int(time.time() * 1000), last[0] + 1)
        return str(last[0])

    metadata.now = now


def count_rows():
    """Count a table's rows, of which local-bigquery has an estimate."""
    load = tables.load

    def counted(*reference):
        table = load(*reference)
        if table.type == "TABLE" or table.type == "SNAPSHOT":
            [(rows,)] = database.fetch(f"SELECT count(*) FROM {tables.name(*reference)}") if tables.fields(table) else [(0,)]
            table = table.replace(numRows=str(rows))
        return table

    tables.load = counted


OPTIONS = re.compile(r"(?is)^(create\s.*?\s(?:clone|copy)\s.*?)\s+options\s*(\(.*\))\s*;?$")


def read_options():
    """Understand the options of a clone, a copy and a snapshot."""
    normalise = ddl.normalise

    def with_options(tree):
        if isinstance(tree, exp.Command):
            text = tree.sql(dialect=BigQueryDialect).strip()
            if re.match(r"(?i)create\s+or\s+replace\s+snapshot\b", text):
                raise BigQueryError("invalidQuery", "Syntax error: Unexpected keyword SNAPSHOT: CREATE OR REPLACE SNAPSHOT TABLE is not supported")
            if match := OPTIONS.match(text):
                tree = normalise(sqlglot.parse_one(match[1], dialect=BigQueryDialect))
                given = sqlglot.parse_one(f"create table t options {match[2]} as select 1", dialect=BigQueryDialect)
                tree.set("properties", given.args["properties"])
                return tree
        return normalise(tree)

    ddl.normalise = with_options


def kind_of(reference):
    """Say what there is of that name: a TABLE, VIEW, MATERIALIZED_VIEW, SNAPSHOT, or nothing."""
    if not tables.exists(*reference):
        return None
    found = database.objects(*tables.physical(*reference))
    return tables._type(metadata.load(Table, *reference) or Table(), found[0][1] if found else "TABLE")


def expect(reference, *kinds):
    if (kind := kind_of(reference)) not in (None, *kinds):
        label = names.label(*reference)
        raise BigQueryError("invalid", f"{label} is not allowed for this operation because it is currently a {KINDS.get(kind, kind)}.")
    return kind


def target_of(tree, context):
    table = names.target(tree)
    return table is not None and table.name and names.reference(table, context.project_id, context.dataset_id)


def source_of(tree, project, dataset):
    """Return the table that a table is made from, without a query, and how: copy, clone or like."""
    if clone := tree.args.get("clone"):
        return names.reference(clone.this, project, dataset), "copy" if clone.args.get("copy") else "clone"
    if isinstance(tree, exp.Create) and (like := tree.find(exp.LikeProperty)):
        return names.reference(like.this, project, dataset), "like"
    return None, None


def layout(table):
    """Say what a table is partitioned and clustered by."""
    partitioning = table.timePartitioning or table.rangePartitioning
    clustering = table.clustering and table.clustering.fields
    return written(partitioning), ",".join(clustering or []) or "none"


def written(partitioning):
    if partitioning is None:
        return "none"
    said = partitioning.dump()
    if "range" in said:
        bounds = said["range"]
        return f"range(field:{said['field']},start:{bounds['start']},end:{bounds['end']},interval:{bounds['interval']})"
    return f"interval(type:{said.get('type', 'DAY').lower()}" + (f",field:{said['field']})" if said.get("field") else ")")


def refuse(tree, context):
    """Raise what BigQuery says to a statement that local-bigquery would run."""
    if not isinstance(tree, (exp.Create, exp.Drop, exp.Alter)) or tree.find(exp.TemporaryProperty):
        return
    kind = (tree.args.get("kind") or "").upper()
    if context.__dict__.get("begun") is not None and kind != "FUNCTION":
        exceptions = "except for those creating or dropping temporary tables or temporary functions."
        raise BigQueryError("invalidQuery", f"DDL statements are not supported in a transaction, {exceptions}")
    if kind not in ("TABLE", "VIEW") or not (reference := target_of(tree, context)):
        return
    materialized = tree.find(exp.MaterializedProperty) or tree.args.get("materialized")
    kind = "SNAPSHOT" if tree.meta.get("snapshot") else "MATERIALIZED_VIEW" if materialized else kind
    if isinstance(tree, exp.Drop):
        expect(reference, kind)
    if not isinstance(tree, exp.Create):
        return
    if not datasets.exists(*reference[:2]):
        raise table_rules._not_found(*reference)
    skipped = tree.args.get("exists") and tables.exists(*reference)
    if tree.args.get("replace"):
        expect(reference, kind)
    source, how = source_of(tree, context.project_id, context.dataset_id)
    if source and not skipped:
        if kind_of(source) is None:
            raise table_rules._not_found(*source)
        expect(source, "TABLE", *(["SNAPSHOT"] if how == "clone" else []))
        if how == "clone" and depth_of(source) >= DEPTH:
            raise BigQueryError("invalid", f"Cannot clone {names.label(*source)}: the depth of clones and snapshots is at most {DEPTH}")
    if kind == "TABLE" and tree.args.get("replace") and kind_of(reference):
        existing = layout(metadata.load(Table, *reference) or Table())
        given = tables.load(*source) if source else Table.model_validate(catalog_ddl._table(tree, reference, lambda node: None))
        for what, new, old in zip(("partitioning", "clustering"), layout(given), existing, strict=True):
            if new != old:
                advice = "Instead, DROP the table, and then recreate it."
                problem = f"Cannot replace a table with a different {what} spec. {advice} New {what} spec is {new} and existing spec is {old}"
                raise BigQueryError("invalidQuery", problem)


def depth_of(reference):
    stored = metadata.load(Table, *reference)
    return int((stored.model_extra or {}).get("chainDepth", 0)) if stored else 0


def around_statements():
    """Refuse a statement before it is run, and keep in mind afterwards what it has changed: DML changes the time of a table, which
    local-bigquery leaves as it was, at the end of its transaction."""
    run = query._statement

    def statement(cur, tree, context, destination, config, dry_run, isolated):
        tree = ddl.normalise(tree)
        tree.meta["text"] = context.system.get("statement_text")
        refuse(tree, context)
        begun = context.__dict__.get("begun")
        if isinstance(tree, exp.Transaction) and begun is not None:
            raise BigQueryError("invalidQuery", "Transaction is already started in the current session")
        statistics = run(cur, tree, context, destination, config, dry_run, isolated)
        if dry_run:
            return statistics
        changed = {target_of(tree, context)} if isinstance(tree, names.DML) else set()
        if isinstance(tree, exp.Transaction):
            context.begun = set()
        elif isinstance(tree, (exp.Commit, exp.Rollback)):
            changed = (begun or set()) if isinstance(tree, exp.Commit) else set()
            context.begun = begun = None
        if begun is not None:
            begun |= changed
        else:
            for reference in changed:
                touch(reference)
        if isinstance(tree, exp.Create) and tree.args.get("kind") == "VIEW":
            remember_bases(target_of(tree, context), context)
        return statistics

    query._statement = statement


def touch(reference):
    if reference[2].casefold() not in ("", "information_schema") and tables.exists(*reference):
        tables.annotate(reference, Table(lastModifiedTime=metadata.now()))


def write_tables():
    """Keep the times of a table that a job has written without a statement, such as dbt's of a seed."""
    write = tables.write

    def writing(cur, text, params, reference, *args, **kwargs):
        new = write(cur, text, params, reference, *args, **kwargs)
        if reference[1] != tables.RESULTS:
            touch(reference)
        return new

    tables.write = writing


INHERITED = (*tables.LAYOUT, "description", "labels", "requirePartitionFilter", "tableConstraints", "schema")


def inherit():
    """Let a clone, a copy and a table LIKE another one have what the other one has beside its rows, which local-bigquery drops. And
    keep a view's text as it was written."""
    apply = catalog_ddl.apply

    def inheriting(tree, project, dataset, evaluate):
        source, how = source_of(tree, project, dataset)
        given = tables.load(*source) if source else None
        apply(tree, project, dataset, evaluate)
        if source:
            reference = names.reference(names.target(tree), project, dataset)
            keep_columns(source, reference)
            depth = {"chainDepth": depth_of(source) + 1} if how == "clone" else {}
            kept = given.only(*INHERITED).merged(metadata.load(Table, *reference)).replace(**depth)
            tables.record(*reference, kept)
        elif isinstance(tree, exp.Create) and tree.args.get("kind") == "VIEW":
            keep_text(names.reference(names.target(tree), project, dataset), tree)

    catalog_ddl.apply = inheriting


COLUMNS = """SELECT column_name, data_type, CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END, nullif(column_default, 'NULL')
    FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? AND table_name = ? ORDER BY column_index"""


def keep_columns(source, reference):
    """Have the columns' defaults and what they do not allow. It cannot be altered while there are no rows."""
    columns, name = database.fetch(COLUMNS, list(source)), tables.name(*reference)
    if not database.fetch(f"SELECT 1 FROM {name} LIMIT 1"):
        said = (quote(column) + " " + kind + required + (f" DEFAULT {default}" if default else "") for column, kind, required, default in columns)
        database.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(said)})")
        return
    for column, _, required, default in columns:
        for change in [required, default and f" DEFAULT {default}"]:
            if change:
                database.execute(f"ALTER TABLE {name} ALTER COLUMN {quote(column)} SET{change}")


def keep_text(reference, tree):
    text = definition(tree.meta.get("text")) or tree.expression.sql("bigquery")
    stored = metadata.load(Table, *reference)
    if stored.view:
        stored = stored.replace(view={"query": text, "useLegacySql": False})
    else:
        said = {prop.name.lower(): prop.args["value"] for prop in tree.find_all(exp.Property) if "value" in prop.args}
        refreshed = said.get("enable_refresh")
        minutes = said.get("refresh_interval_minutes")
        view = {
            "query": text,
            "enableRefresh": refreshed is None or refreshed.this is True,
            "refreshIntervalMs": str(int(float(minutes.name if minutes is not None else 30) * 60_000)),
            "lastRefreshTime": metadata.now(),
        }
        stored = stored.replace(materializedView=view)
    tables.record(*reference, stored)


def definition(text):
    """Return what is behind the first AS of CREATE VIEW."""
    depth = 0
    for token in script.Tokenizer().tokenize(text or ""):
        depth += (token.token_type in script.OPEN) - (token.token_type in script.CLOSE)
        if depth == 0 and token.text.upper() == "AS" and token.token_type not in script.QUOTED:
            return text[token.end + 1 :].strip().rstrip(";").strip()
    return None


def remember_bases(reference, context):
    bases = [[*base, created(base)] for base in sorted(context.referenced - {reference})]
    stored = metadata.load(Table, *reference)
    tables.record(*reference, stored.replace(bases=bases))


def created(reference):
    stored = metadata.load(Table, *reference)
    return stored and stored.creationTime


def break_materialized_views():
    """Refuse to read or refresh a materialized view after a table of it was dropped or replaced, and to read it by way of a view. To
    local-bigquery it is a view."""
    check, refresh = table_rules._check, tables.refreshed

    def checking(tree, table, is_target):
        check(tree, table, is_target)
        if not is_target:
            intact((table.catalog, table.db, table.name))

    def refreshed(*reference):
        intact(reference)
        refresh(*reference)

    table_rules._check, tables.refreshed = checking, refreshed


def intact(reference):
    stored = metadata.load(Table, *reference)
    for *base, when in (stored and stored.model_extra or {}).get("bases", []):
        if kind_of(base) is None:
            raise table_rules._not_found(*base)
        intact(base)
        if stored.materializedView and created(base) != when:
            problem = f"Materialized view {names.label(*reference)} references table {names.label(*base)} which was deleted and recreated."
            raise BigQueryError("invalidQuery", problem + " The view must be deleted and recreated as well.")


def describe():
    """Answer INFORMATION_SCHEMA.TABLES as BigQuery does, and it and __TABLES__ at once for all that a dataset has, and nothing about
    a dataset that is not there, whose tables local-bigquery finds to be none."""
    information_schema.VIEWS |= {"TABLES": table_list, "__TABLES__": legacy_tables}
    for view, rows in list(information_schema.VIEWS.items()):
        if not view.startswith("SCHEMATA"):  # of which a project may be the scope
            information_schema.VIEWS[view] = present(rows)


def present(rows):
    def checking(project, dataset):
        if dataset and not datasets.exists(project, dataset):
            raise BigQueryError("notFound", f"Not found: Dataset {project}:{dataset} was not found in location US")
        return rows(project, dataset)

    return checking


def table_list(project, dataset):
    columns = [*information_schema.IDENTITY, "table_type", "is_insertable_into", "is_typed", "creation_time TIMESTAMP"]
    columns += ["base_table_catalog", "base_table_schema", "base_table_name", "snapshot_time_ms TIMESTAMP", "ddl"]
    rows = []
    for name in datasets_of(project, dataset):
        fields = fields_of(project, name)
        for table in tables.list_(project, name):
            clone = table.snapshotDefinition or table.cloneDefinition
            base = clone.baseTableReference if clone else None
            made = clone.dump().get("snapshotTime" if table.snapshotDefinition else "cloneTime") if clone else None
            row = [
                *information_schema._identity(table),
                "CLONE" if table.cloneDefinition else information_schema.TABLE_TYPES.get(table.type, table.type),
                "YES" if table.type == "TABLE" else "NO",
                "NO",
                information_schema._timestamp(table.creationTime),
                *([base.projectId, base.datasetId, base.tableId] if base else [None] * 3),
                information_schema._timestamp(made),
                statement(table, fields.get(table.tableReference.tableId, [])),
            ]
            rows.append(row)
    return columns, rows


def datasets_of(project, dataset):
    return [dataset] if dataset else [found.datasetReference.datasetId for found in datasets.list_(project)]


def fields_of(project, dataset):
    """Return the columns of all tables and views of a dataset."""
    fields = {}
    for table, column, kind, nullable in database.fetch(
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? ORDER BY column_index",
        [project, dataset],
    ):
        fields.setdefault(table, []).append(types.field(column, duckdb.sqltype(kind), not nullable))
    return fields


def legacy_tables(project, dataset):
    columns = ["project_id", "dataset_id", "table_id", "creation_time INT64", "last_modified_time INT64", "row_count INT64", "size_bytes INT64", "type INT64"]
    rows = []
    for name in datasets_of(project, dataset):
        found = tables.list_(project, name)
        kept = [information_schema._identity(table) for table in found if table.type in ("TABLE", "SNAPSHOT")]
        counts = " UNION ALL ".join(f"SELECT {number}, count(*) FROM {tables.name(*reference)}" for number, reference in enumerate(kept))
        count = {kept[number][2]: rows for number, rows in (database.fetch(counts) if kept else [])}
        for table in found:
            identity = information_schema._identity(table)
            times = [int(table.creationTime or 0), int(table.lastModifiedTime or 0)]
            rows.append([*identity, *times, count.get(identity[2], 0), 0, 1 if identity[2] in count else 2])
    return columns, rows


def statement(table, fields):
    """Write the statement that makes a table or a view again."""
    reference = information_schema._identity(table)
    name = f"`{'.'.join(reference)}`"
    clone = table.snapshotDefinition or table.cloneDefinition
    if clone:
        base = clone.baseTableReference
        return f"CREATE {'SNAPSHOT ' if table.snapshotDefinition else ''}TABLE {name}\nCLONE `{base.projectId}.{base.datasetId}.{base.tableId}`;"
    given = [f"  {option}={value}" for option, _, value in options.rendered(table, options.TABLE_OPTIONS)]
    if view := table.materializedView:
        refresh = f"enable_refresh={str(view.enableRefresh).lower()}"
        given += [f"  {refresh}", f"  refresh_interval_minutes={int(view.refreshIntervalMs) // 60_000}"] if view.enableRefresh else [f"  {refresh}"]
    lines = []
    if partitioning := partition(table, fields):
        lines.append(f"PARTITION BY {partitioning}")
    if table.clustering and table.clustering.fields:
        lines.append("CLUSTER BY " + ", ".join(table.clustering.fields))
    if given:
        lines.append("OPTIONS(\n" + ",\n".join(given) + "\n)")
    if view := table.view or table.materializedView:
        kind = "VIEW" if table.view else "MATERIALIZED VIEW"
        return "\n".join([f"CREATE {kind} {name}", *lines, f"AS {view.query};"])
    columns = [f"  {field.name} {bigquery_type(field, quoted=False)}{' NOT NULL' if field.mode == 'REQUIRED' else ''}" for field in fields]
    return "\n".join([f"CREATE TABLE {name}", "(", ",\n".join(columns), ")", *lines]) + ";"


def partition(table, fields):
    if table.rangePartitioning:
        said = table.rangePartitioning.dump()
        bounds = said["range"]
        return f"RANGE_BUCKET({said['field']}, GENERATE_ARRAY({bounds['start']}, {bounds['end']}, {bounds['interval']}))"
    if not table.timePartitioning:
        return None
    field, unit = table.timePartitioning.field, table.timePartitioning.type or "DAY"
    if not field:
        return "_PARTITIONDATE" if unit == "DAY" else f"TIMESTAMP_TRUNC(_PARTITIONTIME, {unit})"
    kind = next((item.type for item in fields if item.name.casefold() == field.casefold()), "DATE")
    if unit == "DAY":
        return field if kind == "DATE" else f"DATE({field})"
    return f"{kind}_TRUNC({field}, {unit})"


STATEMENTS = {
    "COPY": "CREATE OR REPLACE TABLE {} COPY {}",
    "SNAPSHOT": "CREATE SNAPSHOT TABLE {} CLONE {}",
    "CLONE": "CREATE TABLE {} CLONE {}",
    "RESTORE": "CREATE OR REPLACE TABLE {} CLONE {}",
}


def copy_tables():
    """Run a job that copies one table, such as one of bq cp, by the statement that does the same, with all that it refuses."""
    run = copy.run

    def copying(cur, config, upload):
        sources = config.sourceTables or [config.sourceTable]
        operation, disposition = config.operationType or "COPY", config.writeDisposition or "WRITE_EMPTY"
        if len(sources) > 1 or "@" in sources[0].tableId or disposition == "WRITE_APPEND" or operation not in STATEMENTS:
            return run(cur, config, upload)
        source, destination = tables.reference(sources[0]), tables.reference(config.destinationTable)
        if kind_of(source) is None:
            raise not_found("Table", names.label(*source))
        if operation == "RESTORE":
            expect(source, "SNAPSHOT")
        else:
            expect(source, "TABLE")
        if operation in ("CLONE", "SNAPSHOT") and disposition == "WRITE_TRUNCATE":
            raise BigQueryError("invalid", f"{operation.capitalize()} operation with write disposition WRITE_TRUNCATE is not supported")
        if disposition == "WRITE_EMPTY" and kind_of(destination):
            if operation != "COPY" or int(tables.load(*destination).numRows):
                raise already_exists("Table", names.label(*destination))
        text = STATEMENTS[operation].format(copy._name(destination), copy._name(source))
        query.execute(cur, destination[0], None, JobConfigurationQuery(query=text))
        return JobStatistics5(copiedRows=tables.load(*destination).numRows, copiedLogicalBytes="0")

    runner.HANDLERS["copy"] = copying
