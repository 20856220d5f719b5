#!/bin/sh
# The main job on DuckDB, in a copy of the shop project: dbt builds and tests everything in one staging schema, dbtwac's runbook
# publishes the tagged tables to their schemas. Needs ./dbtwac and .venv: `make demo` makes both.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=${DBTWAC_VENV:-$root/.venv}/bin:$PATH
export PATH DBT_SEND_ANONYMOUS_USAGE_STATS=false

say() { printf '\n== %s\n' "$*"; }

cp -R "$root/golden/projects/shop/." "$work"
cd "$work"

say "The sources, as a loader would have left them"
duckdb shop.duckdb -bail -f sources.sql

say "dbt parse writes target/manifest.json"
dbt --quiet parse --target staging

say "dbtwac compile"
"$root/dbtwac" compile

say "dbtwac plan"
"$root/dbtwac" --quiet plan

say "deploy/jobs/nightly.sh: build and test in staging, then publish"
sh deploy/jobs/nightly.sh

say "What readers have now"
duckdb shop.duckdb -c "select table_schema as \"schema\", table_name as \"table\", estimated_size as \"rows\"
  from (select schema_name as table_schema, table_name, estimated_size from duckdb_tables()) where table_schema in ('mart', 'utils') order by all"

say "deploy/jobs/nightly.sh rollback takes it back"
sh deploy/jobs/nightly.sh rollback
duckdb shop.duckdb -c "select count(*) as published_tables from duckdb_tables() where schema_name in ('mart', 'utils')"
