package e2e

import (
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// accountEngine is a real account of Snowflake. Everything but how it is reached is as on the emulator.
type accountEngine struct {
	snowflakeEngine // its project is the database
	database        *dbtenv.RemoteDatabase
	profile         string
}

func onAccount(t testing.TB, database *dbtenv.RemoteDatabase, profile string) engine {
	t.Helper()
	return accountEngine{snowflakeEngine{t: t, project: database.Name}, database, profile}
}

func (e accountEngine) sql(statements ...string) [][]any {
	e.t.Helper()
	return e.database.SQL(e.t, statements...)
}

func (e accountEngine) script(file string, env map[string]string) (output string, code int) {
	e.t.Helper()
	stdout, stderr, code := e.database.Snow(e.t, env, file)
	return stdout + stderr, code
}

func (e accountEngine) env() map[string]string {
	return map[string]string{"DBT_PROFILE": e.profile + "_account", "DBTWAC_DATABASE": e.database.Name}
}

func (e accountEngine) json(relation string) string {
	e.t.Helper()
	return jsonOf(e.sql, e.project, relation)
}

func (e accountEngine) copy(t testing.TB, _ string) engine {
	t.Helper()
	return onAccount(t, e.database.Copy(t), e.profile)
}
