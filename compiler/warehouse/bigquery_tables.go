package warehouse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

func (b bigQuery) CreateSchema(schema plan.Schema, location string) string {
	sql := "create schema if not exists " + b.Schema(schema)
	if location != "" {
		sql += " options (location = " + b.Literal(location) + ")"
	}
	return sql
}

// CreateLike: partitions, clustering and options come along.
func (b bigQuery) CreateLike(name, like plan.Name, method Method, _ plan.Storage) string {
	if method != Transaction {
		return ""
	}
	return "create table if not exists " + b.Relation(name) + " like " + b.Relation(like)
}

// by is the word that makes a table of another: a copy is no clone of anything, however deep its source is.
func by(method Method) string {
	if method == Clone {
		return " clone "
	}
	return " copy "
}

func (b bigQuery) CopyTable(name, from plan.Name, method Method, _ plan.Storage) []string {
	return []string{"create table " + b.Relation(name) + by(method) + b.Relation(from)}
}

// CopyView: a view can neither be cloned nor copied, and to read one costs. Another view shows the same.
func (b bigQuery) CopyView(name, from plan.Name, _ plan.Storage) []string {
	return []string{"create or replace view " + b.Relation(name) + " as select * from " + b.Relation(from)}
}

// Backup copies a table that clones replace: it may be one itself, and a snapshot of it, restored, a clone of a clone of a clone. Elsewhere
// it is a snapshot, which takes no storage. There is no statement that replaces one.
func (b bigQuery) Backup(name, from plan.Name, method Method, as plan.Storage) []string {
	if method == Clone { // and not replaced: the one of last night may have other partitions
		return append([]string{b.DropBackup(name, method)}, b.CopyTable(name, from, Copy, as)...)
	}
	return []string{b.DropBackup(name, method), "create snapshot table " + b.Relation(name) + " clone " + b.Relation(from)}
}

func (bigQuery) BackupKind(method Method) string {
	if method == Clone {
		return ""
	}
	return "snapshot"
}

func (b bigQuery) DropBackup(name plan.Name, method Method) string {
	if method == Clone {
		return b.Drop(plan.Table, name, false)
	}
	return "drop snapshot table if exists " + b.Relation(name)
}

// Refill also makes a table that is not there.
func (b bigQuery) Refill(name, from plan.Name, method Method, _ plan.Storage) []string {
	return []string{"create or replace table " + b.Relation(name) + by(method) + b.Relation(from)}
}

// RefillAll deletes and does not truncate, which would take row access policies along.
func (b bigQuery) RefillAll(tables, from []plan.Name, unless []string) string {
	var s strings.Builder
	s.WriteString("begin transaction;\n")
	for i, t := range tables {
		both := "delete from " + b.Relation(t) + " where true;\ninsert into " + b.Relation(t) + " select * from " + b.Relation(from[i]) + ";\n"
		if unless != nil {
			both = "if not (" + unless[i] + ") then\n  " + strings.ReplaceAll(strings.TrimSuffix(both, "\n"), "\n", "\n  ") + "\nend if;\n"
		}
		s.WriteString(both)
	}
	s.WriteString("commit transaction")
	return s.String()
}

// Restore makes a table of the snapshot, which is a clone, and copies that: the table is no clone then, and however often it is published and
// taken back, no chain of clones grows.
func (b bigQuery) Restore(name, backup plan.Name, method Method, as plan.Storage) []string {
	if method == Clone {
		return b.Refill(name, backup, Copy, as)
	}
	between := backup
	between.Identifier = "restored__" + tail(backup.Identifier, b.Can().MaxIdentifier-len("restored__")) // whose end is the hash of a long one
	return []string{
		"create or replace table " + b.Relation(between) + " clone " + b.Relation(backup),
		"create or replace table " + b.Relation(name) + " copy " + b.Relation(between),
		b.Drop(plan.Table, between, false),
	}
}

// tail are the last bytes of a name, at most so many.
func tail(name string, most int) string {
	return strings.ToValidUTF8(name[max(0, len(name)-most):], "")
}

// Remake drops what is there, which may have other partitions, and not before it has what comes in its place.
func (b bigQuery) Remake(name, backup plan.Name, method Method, as plan.Storage) []string {
	steps := b.Restore(name, backup, method, as)
	drop := b.Drop(plan.Table, name, false)
	if method == Clone {
		return append([]string{drop}, steps...)
	}
	return slices.Insert(steps, 1, drop)
}

func (bigQuery) Recluster(plan.Name) string { return "" }

// Drop: nothing hangs on anything.
func (b bigQuery) Drop(t plan.Type, name plan.Name, _ bool) string {
	return "drop " + string(t) + " if exists " + b.Relation(name)
}

func (bigQuery) Loses(method Method, tables int) []string {
	var list []string
	switch method {
	case Transaction:
		list = []string{
			"The tables stay: labels, descriptions, policy tags, row access policies, partitions and expiration are production's as they were, and those of the build do not reach it.",
			"A transaction deletes and inserts every row: it scans each built table once, and pays for that. Rows that come in meanwhile, by a stream or another statement, make it fail, and nothing is published.",
		}
	default:
		list = []string{
			"Labels, descriptions, policy tags, keys and expiration of a published table are those of the build; what somebody has put on production's table by hand is gone. Privileges on the table stay.",
			"Row access policies of a published table are those of the build's table. Where that has none, production's are gone, and every reader sees every row: let a post-hook make them in the build too.",
			"A materialized view that reads a published table cannot be read any more. Those of the project are made again, others have to be; so have search and vector indexes.",
			"Time travel of a published table begins anew.",
			"Rows that are in a streaming buffer of a built table are not part of what is published: a build by dbt has none.",
		}
	}
	if method == Clone {
		list = append([]string{
			"CREATE OR REPLACE TABLE … CLONE is documented for a snapshot as its source, and not for a table. Should it be refused, the publish is broken off there, and rollback takes it back. method: copy is documented, and pays storage: a copy job, as the script form runs it, is atomic for each table by its documentation; method: transaction replaces all tables or none, at most 100, scans them, and their columns have to agree.",
			"A published table and what was built share their storage, until one of them is written. The backup is a copy, and pays storage: a snapshot of a clone, restored and published, would come to more clones of clones than there may be.",
		}, list...)
	}
	quota := "Quotas: each publish changes a published table once, which may happen 1,500 times a day"
	switch method {
	case Clone, Copy:
		quota += fmt.Sprintf(", and is %d copy jobs, of the 100,000 that a project has a day", 2*tables)
	case Transaction:
		quota += fmt.Sprintf(", and fills %d tables in one transaction, which may have 100", tables)
	}
	if method != Clone {
		quota += "; a table can have 50 snapshot jobs a day"
	}
	return append(list, quota+". A script may have 1 MB; the macro sends each statement by itself.",
		"A script, or a dbt, that is killed leaves its job running: cancel that (bq ls -j, bq cancel) before you publish again or roll back.")
}
