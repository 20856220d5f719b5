package dbtenv

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Postgres is a running PostgreSQL, which has no port, only a socket; its superuser is postgres, without a password.
type Postgres struct {
	Host string // the folder of its socket, which dbt and psql take for a host
	bin  string // the folder of its programs

	process *Driver // golden/python/postgres.py serves until its stdin is closed

	mu     sync.Mutex
	made   int                  // databases, ever
	active map[string]*Database // by the name that it has now
}

// StartPostgres starts a server, which takes a second. It ends, and its data go, when the test does. Tests that run at the same
// time have one each: a project's name can be that of one database of a server only.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	var answer struct{ Host, Bin string }
	process, err := serve(Tool(t, "python"), filepath.Join(Root(t), "golden", "python", "postgres.py"), &answer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.stop)
	return &Postgres{Host: answer.Host, bin: answer.Bin, process: process, active: map[string]*Database{}}
}

// A Database is one of those that have the same name, which a project has compiled in, in turn: whichever is used last. A name
// belongs to one database of a server only, so the others are parked under another. To rename one costs a millisecond, to
// start a server a second.
type Database struct {
	Name   string
	server *Postgres
	parked string // its name while another one is used
}

// NewDatabase creates an empty one. The test's end drops it.
func (p *Postgres) NewDatabase(t testing.TB, name string) *Database {
	t.Helper()
	return p.create(t, name, "template0")
}

// Copy creates one that holds the same. Nobody may be connected to the original.
func (d *Database) Copy(t testing.TB) *Database {
	t.Helper()
	return d.server.create(t, d.Name, d.now())
}

func (p *Postgres) create(t testing.TB, name, template string) *Database {
	t.Helper()
	p.mu.Lock()
	p.made++
	d := &Database{Name: name, server: p, parked: fmt.Sprintf("%s %d", name, p.made)}
	p.mu.Unlock()
	p.admin(t, "create database "+quote(d.parked)+" template "+quote(template))
	t.Cleanup(func() {
		p.admin(t, "drop database "+quote(d.now())+" with (force)")
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.active[name] == d {
			delete(p.active, name)
		}
	})
	return d
}

func (d *Database) now() string {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	if d.server.active[d.Name] == d {
		return d.Name
	}
	return d.parked
}

// Use gives it its name, and parks the one that had it. Nobody may be connected to either. What does not go through this
// package, such as dbt, calls it first.
func (d *Database) Use(t testing.TB) {
	t.Helper()
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	other := d.server.active[d.Name]
	if other == d {
		return
	}
	renames := []string{"begin"}
	if other != nil {
		renames = append(renames, "alter database "+quote(d.Name)+" rename to "+quote(other.parked))
	}
	d.server.admin(t, append(renames, "alter database "+quote(d.parked)+" rename to "+quote(d.Name), "commit")...)
	d.server.active[d.Name] = d
}

// Env tells psql, and whatever else is made with PostgreSQL's library, where the database is.
func (d *Database) Env() map[string]string {
	return map[string]string{"PGHOST": d.server.Host, "PGUSER": "postgres", "PGDATABASE": d.Name}
}

// SQL is Driver.SQL for it. Each statement is committed by itself.
func (d *Database) SQL(t testing.TB, driver *Driver, statements ...string) [][]any {
	t.Helper()
	d.Use(t)
	dsn := fmt.Sprintf("host='%s' user=postgres dbname='%s'", d.server.Host, strings.ReplaceAll(d.Name, "'", `\'`))
	return driver.sql(t, statements, map[string]any{"postgres": dsn})
}

// Psql runs the script, a file, with psql. It stops at the first error, with code 3.
func (d *Database) Psql(t testing.TB, env map[string]string, script string) (stdout, stderr string, code int) {
	t.Helper()
	d.Use(t)
	all := d.Env()
	for key, value := range env {
		all[key] = value
	}
	return run(t, all, d.server.Program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", script)
}

// Program returns the path of one of PostgreSQL's programs, such as psql.
func (p *Postgres) Program(name string) string { return filepath.Join(p.bin, name) }

// admin runs statements in no database of a test, each by itself unless they say otherwise.
func (p *Postgres) admin(t testing.TB, statements ...string) {
	t.Helper()
	args := []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", p.Host, "-U", "postgres", "-d", "postgres"}
	for _, statement := range statements {
		args = append(args, "-c", statement)
	}
	if stdout, stderr, code := run(t, nil, p.Program("psql"), args...); code != 0 {
		t.Fatalf("%s: exit %d\n%s%s", strings.Join(statements, "; "), code, stdout, stderr)
	}
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
