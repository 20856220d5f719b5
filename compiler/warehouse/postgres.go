package warehouse

import (
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// postgres is PostgreSQL 12 and later: DDL is transactional, schemas are renamed in a transaction, and a view hangs on the very
// table that it was made over. dbt quotes every identifier there, so names are compared letter by letter.
type postgres struct {
	postgresDialect
	ledger
}

func newPostgres() postgres { return postgres{ledger: ledger{postgresDialect{}}} }

func (postgres) Can() Can {
	return Can{
		Transactions: true, SwapSchemas: true, Roles: true, SetsRole: true, LockTimeout: true, ViewsHang: true, MaterializedViews: true, LowersUnquoted: true, RecreateViews: true,
		DeleteInsert: true, Methods: []Method{Insert, Rebuild}, MaxIdentifier: 63,
	}
}

// postgresDialect is how Postgres quotes, and where it keeps what lasts as long as a connection or a transaction: in settings.
type postgresDialect struct{ plainSQL }

func (postgresDialect) Ident(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Literal writes backslashes so that they mean themselves whatever standard_conforming_strings says.
func (postgresDialect) Literal(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.Contains(text, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

func (d postgresDialect) Relation(n plan.Name) string {
	return d.Ident(n.Database) + "." + d.Ident(n.Schema) + "." + d.Ident(n.Identifier)
}

// Schema leaves the database out: Postgres knows no other than that of the connection.
func (d postgresDialect) Schema(s plan.Schema) string { return d.Ident(s.Schema) }

// stateTable names the database too, so that a script in another one fails at the first statement.
func (d postgresDialect) stateTable(s plan.Schema, name string) string {
	return d.Ident(s.Database) + "." + d.Ident(s.Schema) + "." + name
}

// moment moves on within a transaction.
func (postgresDialect) moment() string {
	return "timestamptz not null default clock_timestamp()"
}

func (postgresDialect) Generation() string { return "current_setting('dbtwac.generation')::bigint" }
func (postgresDialect) setGeneration(number string) string {
	return "select set_config('dbtwac.generation', (" + number + ")::text, true)"
}

func (d postgresDialect) print(name plan.Name) string {
	before, after := d.printOf()
	return before + d.Relation(name) + after
}

// printOf goes by JSON, which does not depend on the order of the columns; the opening of a transaction sets the time zone.
func (postgresDialect) printOf() (before, after string) {
	return "select count(*) as n, coalesce(sum(hashtextextended(to_jsonb(dbtwac_row)::text, 0)::numeric), 0)::text as f from ", " dbtwac_row"
}

func (d postgresDialect) count(name plan.Name) string {
	return "select count(*) from " + d.Relation(name)
}

// kinds are the relkinds of pg_class.
var kinds = map[plan.Type]string{plan.Table: "'r', 'p'", plan.View: "'v'", plan.MaterializedView: "'m'"}

func (postgresDialect) catalog(_ []plan.Name, types ...plan.Type) string {
	of := "'r', 'p', 'v', 'm', 'f'"
	if len(types) > 0 {
		of = kinds[types[0]]
	}
	return "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = w.s and c.relname = w.t and c.relkind in (" + of + ")"
}

func (postgresDialect) isThere(relation string) string {
	return "to_regclass(" + relation + ") is not null"
}

func (postgresDialect) RunID() string    { return "current_setting('dbtwac.run_id', true)" }
func (postgresDialect) Checksum() string { return "current_setting('dbtwac.checksum', true)" }

func (postgresDialect) SetRunID() (before, after string) {
	return "select set_config('dbtwac.run_id', ", ", false)"
}

func (postgresDialect) SetChecksum() (before, after string) {
	return "select set_config('dbtwac.checksum', ", ", false)"
}

// Fold cuts what Postgres cuts: an identifier has 63 bytes, and ends with a whole character.
func (p postgres) Fold(identifier string) string {
	most := p.Can().MaxIdentifier
	if len(identifier) <= most {
		return identifier
	}
	for most > 0 && identifier[most]&0xC0 == 0x80 {
		most--
	}
	return identifier[:most]
}

// Carries: all names are quoted.
func (postgres) Carries(plan.Name) error { return nil }

// CarriesSQL: what psql takes for its own is refused in every query.
func (postgres) CarriesSQL(string) error { return nil }

func (postgres) Begin() string  { return "begin" }
func (postgres) Commit() string { return "commit" }

func (p postgres) Opening(lockTimeout string) []Commented {
	return []Commented{
		{"set local lock_timeout = " + p.Literal(lockTimeout), "wait for a lock no longer than " + lockTimeout},
		{"set local timezone = 'UTC'", "fingerprints of rows are to be the same in every session"},
	}
}

func (p postgres) SetRole(role string) string { return "set local role " + p.Ident(role) }

func (p postgres) LockLedger(s plan.Schema) string {
	return "lock table " + p.events(s) + " in share row exclusive mode"
}

func (p postgres) CreateSchema(s plan.Schema, _ string) string {
	return "create schema if not exists " + p.Schema(s)
}

func (p postgres) CreateLike(name, like plan.Name, _ Method, _ plan.Storage) string {
	return "create table if not exists " + p.Relation(name) + " (like " + p.Relation(like) + " including all)"
}

func (p postgres) CopyTable(name, from plan.Name, _ Method, _ plan.Storage) []string {
	return []string{"create table " + p.Relation(name) + " (like " + p.Relation(from) + " including all)", p.insert(name, from)}
}

func (p postgres) CopyView(name, from plan.Name, as plan.Storage) []string {
	return p.CopyTable(name, from, Insert, as)
}

func (p postgres) Backup(name, from plan.Name, method Method, as plan.Storage) []string {
	return append([]string{p.Drop(plan.Table, name, false)}, p.CopyTable(name, from, method, as)...)
}

func (p postgres) DropBackup(name plan.Name, _ Method) string { return p.Drop(plan.Table, name, false) }

func (p postgres) Refill(name, from plan.Name, method Method, as plan.Storage) []string {
	if method == Rebuild {
		return p.Backup(name, from, method, as)
	}
	return []string{"truncate table " + p.Relation(name), p.insert(name, from)}
}

func (p postgres) Restore(name, backup plan.Name, method Method, as plan.Storage) []string {
	return p.Refill(name, backup, method, as)
}

func (p postgres) Remake(name, backup plan.Name, method Method, as plan.Storage) []string {
	return p.CopyTable(name, backup, method, as)
}

// insert goes by the names of from's columns, whatever their order. Generated columns generate themselves.
func (p postgres) insert(name, from plan.Name) string {
	return p.do("declare columns text;\nbegin\n" +
		"  select string_agg(quote_ident(attname), ', ' order by attnum) into strict columns from pg_catalog.pg_attribute\n" +
		"    where attrelid = " + p.Literal(p.Relation(from)) + "::regclass and attnum > 0 and not attisdropped and attgenerated = '';\n" +
		"  execute " + p.Literal("insert into "+p.Relation(name)+" (") + " || columns || ') overriding system value select ' || columns || " + p.Literal(" from "+p.Relation(from)) + ";\nend")
}

// do is a DO statement, behind a dollar quote that its body does not hold.
func (postgres) do(body string) string {
	tag := "$dbtwac$"
	for i := 1; strings.Contains(body, tag); i++ {
		tag = fmt.Sprintf("$dbtwac%d$", i)
	}
	return "do " + tag + " " + body + " " + tag
}

func (postgres) Recluster(plan.Name) string { return "" }

func (p postgres) Drop(t plan.Type, name plan.Name, hanging bool) string {
	sql := "drop " + string(t) + " if exists " + p.Relation(name)
	if hanging {
		sql += " cascade"
	}
	return sql
}

func (p postgres) LockWrites(tables []plan.Name) string {
	return "lock table " + strings.Join(p.shown(tables), ", ") + " in exclusive mode"
}

func (p postgres) LockAll(tables, views []plan.Name, lockTimeout string) string {
	query := "(select null::text where false) x(sql)"
	if len(views) > 0 {
		query = p.named(views) + " join pg_catalog.pg_namespace n on n.nspname = w.s join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.t and c.relkind in ('r', 'p', 'v', 'm') cross join lateral (select " + seize + ") x(sql)"
	}
	statement := ""
	if len(tables) > 0 {
		statement = "\n      lock table " + strings.Join(p.shown(tables), ", ") + " in access exclusive mode;"
	}
	return p.lock(query, statement, lockTimeout)
}

// seize is a statement that locks a relation c of the schema n. One that changes nothing locks a view alone: LOCK TABLE would
// lock what it reads too.
const seize = "case when c.relkind in ('v', 'm') then format('alter %s %I.%I owner to %I', case c.relkind when 'v' then 'view' else 'materialized view' end, n.nspname, c.relname, pg_get_userbyid(c.relowner)) " +
	"else format('lock table only %I.%I in access exclusive mode', n.nspname, c.relname) end"

func (p postgres) LockSchemas(schemas []plan.Schema, lockTimeout string) string {
	return p.lock("pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace cross join lateral (select "+seize+") x(sql) where n.nspname in ("+
		p.schemaNames(schemas)+") and c.relkind in ('r', 'p', 'v', 'm')", "", lockTimeout)
}

func (p postgres) schemaNames(schemas []plan.Schema) string {
	var names []string
	for _, s := range schemas {
		names = append(names, s.Schema)
	}
	return p.literals(names)
}

// lock takes locks, those of a query's statements first, all or none: it waits for each only a short time, and lets go of the
// others before it tries again. Whoever holds one lock and waits for another would else be in a deadlock with a reader that
// took them the other way round.
func (p postgres) lock(query, statement, lockTimeout string) string {
	return p.do("declare step text; until timestamptz := clock_timestamp() + interval " + p.Literal(lockTimeout) + ";\nbegin\n" +
		"  perform set_config('lock_timeout', '300ms', true);\n" +
		"  loop\n    begin\n" +
		"      for step in select x.sql from " + query + " order by 1 loop execute step; end loop;" + statement + "\n" +
		"      exit;\n" +
		"    exception when lock_not_available then\n" +
		"      if clock_timestamp() > until then raise; end if;\n" +
		"      perform pg_sleep(0.05);\n" +
		"    end;\n  end loop;\n" +
		"  perform set_config('lock_timeout', " + p.Literal(lockTimeout) + ", true);\nend")
}
