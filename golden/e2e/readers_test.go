package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// rest is how long a publish stands: long enough to be seen.
const rest = 300 * time.Millisecond

// TestReaders publishes and takes back while others read several tables and views together: they see all of the first day or all
// of the second, and never an error.
func TestReaders(t *testing.T) {
	t.Parallel() // with TestSourceChangesAfterTheAudit, which is DuckDB's alone
	e := newEvening(t, "postgres", true)
	e.site.mustDBT("build", "--target", "staging")
	for _, c := range []cell{
		{"postgres", "write_audit_clone", "method: insert"},
		{"postgres", "write_audit_clone", "method: rebuild"},
		{"postgres", "blue_green", "swap: schema"},
	} {
		t.Run(c.strategy+" "+c.options, func(t *testing.T) {
			c.options += ", lock_timeout: 60s" // the readers never rest
			s, _ := c.site(t, e)
			states := []string{s.sql(reading(false))[0][0].(string)}
			s.audit(byScript)
			s.mustScript("deploy/nightly/publish.sql")
			states = append(states, s.sql(reading(false))[0][0].(string))
			s.mustScript("deploy/nightly/rollback.sql")
			if states[0] == states[1] {
				t.Fatal("the days look alike: it shows nothing")
			}

			for _, operation := range []string{"publish.sql", "rollback.sql"} {
				text, err := os.ReadFile(filepath.Join(s.dir, "deploy", "nightly", operation))
				if err != nil {
					t.Fatal(err)
				}
				// Somebody reads between any two statements then.
				s.write("slow/"+operation, strings.ReplaceAll(string(text), "\n"+`\echo `, "\nselect pg_sleep(0.02);\n"+`\echo `))
			}

			readers := s.startReaders()
			for range 3 {
				for _, at := range []string{"deploy/nightly/", "slow/"} {
					s.audit(byScript)
					s.mustScript(at + "publish.sql")
					time.Sleep(rest)
					s.mustScript(at + "rollback.sql")
				}
			}
			reads, errors := readers.stop()
			if len(errors) > 0 {
				t.Errorf("readers get errors:\n%s", strings.Join(errors, "\n"))
			}
			for state, n := range reads {
				switch i := slices.Index(states, state); {
				case i < 0:
					t.Errorf("read %d times, and neither what was before nor what was published:\n%s\n%s", n, state, strings.Join(states, "\n"))
				case n < 50:
					t.Errorf("day %d was read %d times only, which shows little", i+1, n)
				}
			}
			t.Logf("%d reads of the first day, %d of the second", reads[states[0]], reads[states[1]])
		})
	}
}

// reading is a statement of one text, from tables and views that have to belong together, read one way or the other way round.
func reading(backwards bool) string {
	var from, values []string
	for i, table := range []string{"sales", "daily_total", "rpt_regions", "dim_stores_v2", "mv_daily", `"Item List"`, "rpt_top"} {
		from = append(from, fmt.Sprintf("(select coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text || '/' || count(*) as v from analytics_mart.%s r) x%d", table, i))
		values = append(values, fmt.Sprintf("x%d.v", i))
	}
	if backwards {
		slices.Reverse(from)
	}
	return "select " + strings.Join(values, " || ' ' || ") + " from " + strings.Join(from, ", ")
}

// readers are a running golden/python/readers.py.
type readers struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
}

func (s *site) startReaders() *readers {
	s.t.Helper()
	args := []string{filepath.Join(dbtenv.Root(s.t), "golden", "python", "readers.py"), ""}
	for _, statements := range [][]string{
		{reading(false)}, {reading(true)}, // one statement each
		{reading(false), reading(true)}, {"select (count(*) * 0)::text from analytics_mart.rpt_top", reading(true)}, // a transaction each
	} {
		text, err := json.Marshal(statements)
		if err != nil {
			s.t.Fatal(err)
		}
		args = append(args, string(text))
	}
	cmd := exec.CommandContext(s.t.Context(), dbtenv.Tool(s.t, "python"), args...)
	cmd.Env = os.Environ()
	for key, value := range s.env() { // which says where the database is
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	r := &readers{s.t, cmd, stdin, bufio.NewReader(stdout)}
	if line, err := r.stdout.ReadString('\n'); line != "ready\n" {
		s.t.Fatalf("the readers do not begin: %q, %v", line, err)
	}
	return r
}

// stop ends them, and returns how often each text was read.
func (r *readers) stop() (reads map[string]int, errors []string) {
	r.t.Helper()
	if err := r.stdin.Close(); err != nil {
		r.t.Fatal(err)
	}
	var answer struct {
		Reads  map[string]int
		Errors []string
	}
	if err := json.NewDecoder(r.stdout).Decode(&answer); err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		r.t.Fatal(err)
	}
	delete(answer.Reads, "0") // what a transaction begins with
	return answer.Reads, answer.Errors
}
