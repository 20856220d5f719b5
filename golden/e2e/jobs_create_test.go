package e2e

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// gojq takes jq's place on a machine that has none.
const gojq = "github.com/itchyny/gojq/cmd/gojq@v0.12.17"

// TestCreate runs create.sh of a golden case against a server that plays the Admin API: it makes each job once, changes those that are
// there, and chains them by the numbers that they have got.
func TestCreate(t *testing.T) {
	t.Parallel()
	c := newCreator(t)
	first := t.Run("a job for each", func(t *testing.T) {
		output, code := c.run(t)
		if code != 0 || len(c.api.ours()) != len(c.names) {
			t.Fatalf("exit %d, and of %d jobs %d are there\n%s", code, len(c.names), len(c.api.ours()), output)
		}
		c.checkChain(t)
		for _, j := range c.api.ours() {
			if line := fmt.Sprintf("%d %s\n", j.number(), j["name"]); !strings.Contains(output, line) {
				t.Errorf("it does not say %q:\n%s", line, output)
			}
		}
	})
	if !first {
		return
	}
	t.Run("none anew", func(t *testing.T) {
		before := c.api.ours()
		for _, j := range before {
			j["execute_steps"] = []any{"dbt build"} // somebody has edited it
		}
		output, code := c.run(t)
		if code != 0 || c.api.made != len(c.names) || len(c.api.ours()) != len(before) {
			t.Errorf("exit %d, and %d jobs were made in two runs, for %d files\n%s", code, c.api.made, len(c.names), output)
		}
		c.checkChain(t)
	})
	t.Run("one that is no longer written", func(t *testing.T) {
		const old = 600
		c.api.jobs[old] = adminJob{"id": float64(old), "name": "dbtwac by_clone-4", "project_id": float64(2)}
		defer delete(c.api.jobs, old)
		if output, code := c.run(t); code != 0 || !strings.Contains(output, "delete them:\n600 dbtwac by_clone-4\n") {
			t.Errorf("exit %d, and want it to be named\n%s", code, output)
		}
	})
	for _, tc := range []struct{ name, request string }{
		{"a search that fails", "GET /api/v2/accounts/1/jobs/"},
		{"a page that is missing", "GET /api/v2/accounts/1/jobs/ 100"},
		{"a change that is refused", "POST /api/v2/accounts/1/jobs/" + strconv.Itoa(c.api.ours()[2].number()) + "/"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c.api.refuse, c.api.asked = tc.request, nil
			defer func() { c.api.refuse = "" }()
			if output, code := c.run(t); code == 0 || !strings.Contains(output, "interval: required key not provided") {
				t.Errorf("exit %d, where the server's own words should be\n%s", code, output)
			}
			if last := c.api.asked[len(c.api.asked)-1]; last != tc.request {
				t.Errorf("behind the failure it has asked for %s", last)
			}
		})
	}
	t.Run("without a token", func(t *testing.T) {
		c.api.asked = nil
		if output, code := c.run(t, "DBT_CLOUD_TOKEN="); code == 0 || len(c.api.asked) > 0 || !strings.Contains(output, "a token of the platform that may write jobs") {
			t.Errorf("exit %d, requests %v\n%s", code, c.api.asked, output)
		}
	})
	text, err := os.ReadFile(filepath.Join(c.bin, "arguments"))
	if err != nil || strings.Contains(string(text), c.api.token) || !strings.Contains(string(text), "--data-binary") {
		t.Errorf("the token is an argument of curl, or curl was not called: %v\n%s", err, text)
	}
}

// A creator runs create.sh.
type creator struct {
	api    *adminAPI
	folder string // of create.sh
	bin    string // curl, which writes its arguments down, and jq
	names  []string
	after  map[string]string
	env    []string
}

func newCreator(t *testing.T) *creator {
	t.Helper()
	curl, err := exec.LookPath("curl")
	if err != nil {
		const missing = "create.sh was not run: there is no curl on this machine; apt-get install curl"
		if os.Getenv("DBTWAC_REQUIRE_DBT") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	c := &creator{api: newAdminAPI(t), bin: t.TempDir(), folder: filepath.Join(dbtenv.Root(t), "golden", "cases", "jobs_two_targets", "want", "out", "deploy", "jobs", "api")}
	c.names, c.after = jobfiles.Chain(readFile(t, filepath.Join(c.folder, "create.sh")).Text)
	write := func(name, text string) string {
		path := filepath.Join(c.bin, name)
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("curl", "#!/bin/sh\nprintf '%s\\n' \"$@\" >>'"+c.bin+"/arguments'\nexec '"+curl+"' \"$@\"\n")
	if _, err := exec.LookPath("jq"); err != nil {
		build := exec.CommandContext(t.Context(), "go", "install", gojq)
		build.Dir, build.Env = c.bin, append(os.Environ(), "GOBIN="+c.bin, "GOFLAGS=")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("neither jq nor %s: %v\n%s", gojq, err, out)
		}
		write("jq", "#!/bin/sh\nexec '"+c.bin+"/gojq' \"$@\"\n")
	}
	certificate := write("server.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.api.server.Certificate().Raw})))
	c.env = append(os.Environ(), "PATH="+c.bin+string(os.PathListSeparator)+os.Getenv("PATH"), "CURL_CA_BUNDLE="+certificate, "no_proxy=*",
		"DBT_CLOUD_HOST="+strings.TrimPrefix(c.api.server.URL, "https://"), "DBT_CLOUD_TOKEN="+c.api.token)
	return c
}

// run runs it from another folder than its own.
func (c *creator) run(t *testing.T, env ...string) (output string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", filepath.Join(c.folder, "create.sh"))
	cmd.Dir, cmd.Env = t.TempDir(), append(slices.Clone(c.env), env...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// checkChain compares the jobs with the files: each has its steps, and is started by the job that the chain says, by its number.
func (c *creator) checkChain(t *testing.T) {
	t.Helper()
	numbers := map[string]int{}
	for _, j := range c.api.ours() {
		numbers[j["name"].(string)] = j.number()
	}
	for _, name := range c.names {
		var want map[string]any
		if err := json.Unmarshal([]byte(readFile(t, filepath.Join(c.folder, name+".json")).Text), &want); err != nil {
			t.Fatal(err)
		}
		number := numbers["dbtwac "+name]
		want["id"] = float64(number)
		want["job_completion_trigger_condition"] = nil // which ends one that it has had
		if after := c.after[name]; after != "" {
			want["job_completion_trigger_condition"] = map[string]any{"condition": map[string]any{
				"job_id": float64(numbers["dbtwac "+after]), "project_id": float64(2), "statuses": []any{float64(10)},
			}}
		}
		if d := cmp.Diff(want, map[string]any(c.api.jobs[number])); d != "" {
			t.Errorf("%s (-file +platform):\n%s", name, d)
		}
	}
}

// adminAPI plays the part of the Admin API that create.sh uses: a list in pages, a new job, a changed one. The project has jobs of
// others too, so that ours are on the second page.
type adminAPI struct {
	server *httptest.Server
	token  string
	jobs   map[int]adminJob
	made   int
	asked  []string // methods and paths, with the offset of a page
	refuse string   // one of these
}

type adminJob map[string]any

func (j adminJob) number() int { return int(j["id"].(float64)) }

func newAdminAPI(t *testing.T) *adminAPI {
	t.Helper()
	api := &adminAPI{token: "dbtc_a token's \"$ecret", jobs: map[int]adminJob{}}
	for i := range 120 {
		api.jobs[i+1] = adminJob{"id": float64(i + 1), "name": fmt.Sprintf("somebody's %d", i), "project_id": float64(2)}
	}
	api.jobs[500] = adminJob{"id": float64(500), "name": "dbtwac nightly", "project_id": float64(3)}
	api.server = httptest.NewTLSServer(http.HandlerFunc(api.serve))
	t.Cleanup(api.server.Close)
	return api
}

// ours are the jobs that create.sh has made, in order.
func (a *adminAPI) ours() (list []adminJob) {
	for number := 1000; a.jobs[number] != nil; number++ {
		list = append(list, a.jobs[number])
	}
	return list
}

func (a *adminAPI) serve(w http.ResponseWriter, r *http.Request) {
	const jobs = "/api/v2/accounts/1/jobs/"
	asked := r.Method + " " + r.URL.Path
	if offset := r.URL.Query().Get("offset"); offset != "" && offset != "0" {
		asked += " " + offset
	}
	a.asked = append(a.asked, asked)
	answer := func(status int, data any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"status": map[string]any{"code": status}, "data": data})
	}
	rest, ok := strings.CutPrefix(r.URL.Path, jobs)
	switch {
	case asked == a.refuse:
		answer(http.StatusBadRequest, "interval: required key not provided")
	case r.Header.Get("Authorization") != "Token "+a.token || !ok:
		answer(http.StatusUnauthorized, "Invalid token.")
	case r.Method == http.MethodGet && rest == "":
		answer(http.StatusOK, a.page(r))
	case r.Method == http.MethodPost:
		a.write(r, rest, answer)
	default:
		answer(http.StatusNotFound, nil)
	}
}

func (a *adminAPI) page(r *http.Request) []adminJob {
	var list []adminJob
	for number := range 2000 {
		if j := a.jobs[number]; j != nil && fmt.Sprint(j["project_id"]) == r.URL.Query().Get("project_id") {
			list = append(list, j)
		}
	}
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	list = list[min(offset, len(list)):]
	return append([]adminJob{}, list[:min(limit, len(list))]...)
}

func (a *adminAPI) write(r *http.Request, rest string, answer func(int, any)) {
	var j adminJob
	body, _ := io.ReadAll(r.Body)
	number, _ := strconv.Atoi(strings.TrimSuffix(rest, "/"))
	switch {
	case json.Unmarshal(body, &j) != nil || r.Header.Get("Content-Type") != "application/json":
		answer(http.StatusBadRequest, "no JSON: "+string(body))
		return
	case rest == "" && j["id"] == nil:
		number = 1000 + a.made
		a.made++
	case a.jobs[number] == nil || j["id"] != float64(number):
		answer(http.StatusNotFound, rest)
		return
	}
	j["id"] = float64(number)
	a.jobs[number] = j
	answer(http.StatusCreated, j)
}
