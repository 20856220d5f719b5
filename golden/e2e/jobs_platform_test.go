package e2e

import (
	"fmt"
	"maps"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// A platform runs jobs as dbt's does: an environment decides the target, so a step says none; each run of a job has a number, and a
// checkout in which dbt has written nothing; a step that fails ends the job; and the success of a job starts those that wait for it.
type platform struct {
	nightlies
	jobs   []jobfiles.Job
	number int
}

// newPlatform has the jobs that create.sh writes, which are Terraform's too.
func newPlatform(n nightlies) *platform {
	n.t.Helper()
	p := &platform{nightlies: n, number: 700}
	names, after := jobfiles.Chain(n.text("deploy/jobs/api/create.sh"))
	for _, name := range names {
		j, err := jobfiles.API(name, n.text("deploy/jobs/api/"+name+".json"))
		if err != nil {
			n.t.Fatal(err)
		}
		j.After = after[name]
		p.jobs = append(p.jobs, j)
	}
	terraform, err := jobfiles.Terraform(n.text("deploy/jobs/terraform/dbtwac.tf"))
	if d := cmp.Diff(p.jobs, terraform); d != "" || err != nil {
		n.t.Errorf("Terraform's jobs are others: %v (-api +terraform):\n%s", err, d)
	}
	return p
}

// environments of the platform have a connection each, of one target.
var platformTargets = map[int]string{101: "staging", 102: "prod"}

// run starts a job, of which only so many steps get their turn where somebody cancels it, and returns which jobs have run.
func (p *platform) run(name string, steps ...int) (jobs []string, log string) {
	p.t.Helper()
	for _, j := range p.jobs {
		if j.Name != name {
			continue
		}
		p.number++
		p.checkout()
		target := platformTargets[j.Environment]
		env := map[string]string{"DBT_CLOUD_RUN_ID": fmt.Sprint(p.number), "DBT_TARGET_PATH": map[string]string{"staging": "target", "prod": "target/dbtwac_prod"}[target]}
		maps.Copy(env, p.env())
		for i, words := range j.Steps {
			if len(steps) > 0 && i == steps[0] {
				return []string{name + " cancelled"}, log
			}
			r := p.driver.DBT(p.t, p.dir, env, append(words[:len(words):len(words)], "--target", target)...)
			log += r.Log
			if !r.OK {
				return []string{name + " failed"}, log
			}
		}
		jobs = append(jobs, name+" passed")
	}
	for _, j := range p.jobs {
		if j.After == name {
			more, said := p.run(j.Name)
			jobs, log = append(jobs, more...), log+said
		}
	}
	return jobs, log
}

func (n nightlies) platform() {
	n.t.Helper()
	p := newPlatform(n)
	before := n.contents("analytics_")
	check := func(what, says, start string, steps []int, want ...string) {
		n.t.Helper()
		jobs, log := p.run(start, steps...)
		if d := cmp.Diff(want, jobs); d != "" || !strings.Contains(log, says) {
			n.t.Errorf("%s: want %q, and these jobs (-want +got):\n%s\n%s", what, says, d, log)
		}
	}

	check("a publish that no build has started", "nightly is not audited, it is: published", "nightly-2", nil, "nightly-2 failed")
	n.breakTest()
	check("a failing test", "unique_dim_items_sku", "nightly", nil, "nightly failed")
	check("a publish behind a failing test", "nightly is not audited, it is: building", "nightly-2", nil, "nightly-2 failed")
	n.mend()
	n.unchanged("what was refused", before)

	check("a whole night, in two runs with a number each", "", "nightly", nil, "nightly passed", "nightly-2 passed")
	n.published("sales", `"Item List"`)
	check("its rollback", "", "nightly-rollback", nil, "nightly-rollback passed")
	n.unchanged("a publish that was taken back", before)

	check("a build that has only begun", "", "nightly", []int{1}, "nightly cancelled")
	check("a publish while another build has begun", "nightly is not audited, it is: building", "nightly-2", nil, "nightly-2 failed")
	n.unchanged("what was refused", before)
}
