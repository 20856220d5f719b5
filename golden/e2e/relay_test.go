package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// relayVariable makes this program the dbt of a script: it hands its arguments to the test, which runs them in its own dbt.
const relayVariable = "DBTWAC_TEST_RELAY"

func TestMain(m *testing.M) {
	if address := os.Getenv(relayVariable); address != "" {
		os.Exit(askRelay(address))
	}
	os.Exit(m.Run())
}

// A relay runs what programs beside the test ask of dbt in the test's own, since a process for each would cost more than all of them
// do. Only what a shell, or a runner, makes of a command is asked here; the words reach the real dbt as they have come.
type relay struct {
	site   *site
	folder string                       // has dbt, and dbtwac where there is one
	before func(args []string) []string // what dbt gets in place of what was asked; nil: it fails. May be nil
	heard  []string                     // commands, with their selections left out
	server *httptest.Server
	asked  chan relayed
}

type relayed struct {
	Args   []string
	Env    map[string]string
	answer chan relayAnswer
}

type relayAnswer struct {
	Log  string
	Exit int
}

// newRelay serves a site, with dbtwac beside dbt or without it.
func newRelay(s *site, withDBTwac bool) *relay {
	s.t.Helper()
	r := &relay{site: s, folder: s.t.TempDir(), asked: make(chan relayed)}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		ask := relayed{answer: make(chan relayAnswer, 1)}
		if json.NewDecoder(request.Body).Decode(&ask) == nil {
			r.asked <- ask
			_ = json.NewEncoder(w).Encode(<-ask.answer)
		}
	}))
	s.t.Cleanup(r.server.Close)
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	r.program("dbt", fmt.Sprintf("%s='%s' exec '%s' \"$@\"", relayVariable, r.server.URL, program))
	if withDBTwac {
		s.dbtwac("version") // it is built by now
		r.program("dbtwac", "exec '"+s.command+"' \"$@\"")
	}
	return r
}

func (r *relay) program(name, line string) {
	r.site.t.Helper()
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte("#!/bin/sh\n"+line+"\n"), 0o755); err != nil {
		r.site.t.Fatal(err)
	}
}

// run runs a program in the site's folder, with more of the environment, until it ends.
func (r *relay) run(env map[string]string, name string, args ...string) (output string, code int) {
	t := r.site.t
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.site.dir, &out, &out
	cmd.Env = append(os.Environ(), "PATH="+r.folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, more := range []map[string]string{r.site.env(), env} {
		for key, value := range more {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its state
		close(done)
	}()
	for {
		select {
		case ask := <-r.asked:
			ask.answer <- r.do(ask)
		case <-done:
			return out.String(), cmd.ProcessState.ExitCode()
		}
	}
}

// do runs a command of dbt, or what the test puts in its place.
func (r *relay) do(ask relayed) relayAnswer {
	r.site.t.Helper()
	r.heard = append(r.heard, short(ask.Args))
	args := ask.Args
	if r.before != nil {
		args = r.before(args)
	}
	if args == nil {
		return relayAnswer{"the test lets this fail: dbt " + strings.Join(ask.Args, " ") + "\n", 1}
	}
	result := r.site.driver.DBT(r.site.t, r.site.dir, ask.Env, args...)
	return relayAnswer{result.Log, result.Exit}
}

// short is a command up to its selection, without what all operations of a deployment begin with.
func short(args []string) string {
	text, _, _ := strings.Cut(strings.Join(args, " "), " --select")
	text, _, _ = strings.Cut(text, " --target-path")
	_, operation, ok := strings.Cut(text, "run-operation dbtwac_")
	if ok {
		return operation
	}
	return text
}

// askRelay is what this program does in dbt's place.
func askRelay(address string) int {
	env := map[string]string{}
	for _, pair := range os.Environ() {
		key, value, _ := strings.Cut(pair, "=")
		env[key] = value
	}
	delete(env, relayVariable)
	body, err := json.Marshal(relayed{Args: os.Args[1:], Env: env})
	if err != nil {
		panic(err)
	}
	response, err := http.Post(address, "application/json", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer relayAnswer
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		panic(err)
	}
	_, _ = io.WriteString(os.Stdout, answer.Log)
	return answer.Exit
}
