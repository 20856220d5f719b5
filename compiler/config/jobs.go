package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/cron"
	"go.yaml.in/yaml/v4"
)

// Format is a form in which jobs are written, beside the runbooks, which are always there.
type Format string

const (
	FormatShell         Format = "shell"            // the runbooks
	FormatJobsAsCode    Format = "dbt_jobs_as_code" // a YAML file for dbt-jobs-as-code
	FormatTerraform     Format = "terraform"        // resources dbtcloud_job
	FormatAPI           Format = "api"              // bodies of dbt Cloud's Admin API, and a script that sends them
	FormatGitHubActions Format = "github_actions"   // workflows
	FormatSteps         Format = "steps"            // a JSON list of command lines
)

// Formats lists every Format.
var Formats = []string{
	string(FormatShell), string(FormatJobsAsCode), string(FormatTerraform), string(FormatAPI), string(FormatGitHubActions), string(FormatSteps),
}

// OnPlatform reports whether a format's jobs run on dbt's platform, where an environment decides the target.
func (f Format) OnPlatform() bool {
	return f == FormatJobsAsCode || f == FormatTerraform || f == FormatAPI
}

// Jobs says how what a Plan does is run.
type Jobs struct {
	At           Text     // the key, or the file's beginning
	Formats      []Format // beside the runbooks
	AccountID    ID       // of dbt's platform
	ProjectID    ID       // likewise
	Environments []JobEnvironment
	Default      JobSettings // of deployments
	Deployments  []JobSettings
	Mirrors      []JobSettings
	OwnsAll      bool // no other job is managed by dbt-jobs-as-code
	Actions      Actions
}

// ID is a number by which the platform knows something; 0 is none.
type ID struct {
	Value int
	At    Text
}

// JobEnvironment is the platform's environment for one of dbtwac.yml's.
type JobEnvironment struct {
	Name Text
	ID   int
}

// JobSettings are those of the jobs of a deployment, or of a mirror.
type JobSettings struct {
	Name     Text     // of the deployment or mirror
	Schedule Text     // cron of five fields, UTC; empty: a person, or another tool, starts it
	Timeout  int      // seconds; 0: none
	Threads  int      // 0: what the profile, or the platform's default, says
	Formats  []Format // nil: those of Jobs
}

// Actions is what GitHub Actions needs to know besides.
type Actions struct {
	Setup   Text   // an action that installs dbt and its profile
	RunsOn  Text   // label of the runner
	Secrets []Text // names of secrets that become environment variables of the same names
}

// ForDeployment returns the settings of a deployment's jobs.
func (j Jobs) ForDeployment(name string) JobSettings {
	return j.settings(j.Deployments, name, j.Default)
}

// ForMirror returns the settings of a mirror's jobs. A refresh has no schedule but its own: it is run by hand.
func (j Jobs) ForMirror(name string) JobSettings {
	initial := j.Default
	initial.Schedule = Text{}
	return j.settings(j.Mirrors, name, initial)
}

func (j Jobs) settings(list []JobSettings, name string, initial JobSettings) JobSettings {
	for _, s := range list {
		if s.Name.Value == name {
			return s
		}
	}
	return initial
}

// EnvironmentID is the platform's number for an environment, or 0.
func (j Jobs) EnvironmentID(name string) int {
	for _, e := range j.Environments {
		if e.Name.Value == name {
			return e.ID
		}
	}
	return 0
}

// Has reports whether jobs are written in a format.
func (s JobSettings) Has(f Format) bool { return slices.Contains(s.Formats, f) }

func (r *reader) jobs(c *Config, root *yaml.Node) Jobs {
	node := lookup(root, "jobs")
	j := Jobs{At: r.keyOf(root, "jobs"), AccountID: r.id(node, "account_id"), ProjectID: r.id(node, "project_id"), OwnsAll: r.truth(node, "owns_all")}
	j.Default = r.jobSettings(node, Text{}, JobSettings{}, "jobs")
	j.Formats = j.Default.Formats
	r.each(node, "environment_ids", func(name Text, value *yaml.Node) {
		r.environment(c, name, "jobs.environment_ids")
		j.Environments = append(j.Environments, JobEnvironment{name, r.whole(value, "jobs.environment_ids."+name.Value, 1)})
	})
	r.each(node, "deployments", func(name Text, value *yaml.Node) {
		if !slices.ContainsFunc(c.Deployments, func(d Deployment) bool { return d.Name.Value == name.Value }) {
			r.add(MissingKey, name.Span, fmt.Sprintf("jobs.deployments names %q, which is no deployment", name.Value), "name one of deployments")
		}
		j.Deployments = append(j.Deployments, r.jobSettings(value, name, j.Default, "jobs.deployments."+name.Value))
	})
	r.each(node, "mirrors", func(name Text, value *yaml.Node) {
		if !slices.ContainsFunc(c.Mirrors, func(m Mirror) bool { return m.Name.Value == name.Value }) {
			r.add(MissingKey, name.Span, fmt.Sprintf("jobs.mirrors names %q, which is no mirror", name.Value), "name one of mirrors")
		}
		initial := j.Default
		initial.Schedule = Text{}
		j.Mirrors = append(j.Mirrors, r.jobSettings(value, name, initial, "jobs.mirrors."+name.Value))
	})
	r.carried(c, j)
	actions := lookup(node, "github_actions")
	j.Actions = Actions{Setup: r.text(actions, "setup", "./.github/actions/dbt"), RunsOn: r.text(actions, "runs_on", "ubuntu-latest"), Secrets: r.texts(actions, "secrets")}
	seen := map[string]bool{"DBTWAC_RUN_ID": true}
	for _, secret := range j.Actions.Secrets {
		if seen[secret.Value] || strings.HasPrefix(secret.Value, "GITHUB_") {
			r.add(WrongValue, secret.Span, "jobs.github_actions.secrets has "+secret.Value+", which stands there already, is dbtwac's own, or GitHub's", "give the secret another name")
		}
		seen[secret.Value] = true
	}
	return j
}

// carried finds schedules that no file would hold: nothing would start what they ask for.
func (r *reader) carried(c *Config, j Jobs) {
	check := func(s JobSettings) {
		if s.Schedule.Value != "" && !slices.ContainsFunc(s.Formats, func(f Format) bool { return f != FormatShell }) {
			r.add(WrongValue, s.Schedule.Span, "a schedule, and no format of jobs that holds one: nothing would start the runbook", "say jobs.formats, such as [github_actions]; or remove the schedule, and have your scheduler run the runbook")
		}
	}
	for _, d := range c.Deployments {
		check(j.ForDeployment(d.Name.Value))
	}
	for _, m := range c.Mirrors {
		check(j.ForMirror(m.Name.Value))
	}
}

// jobSettings are what node says, and else what initial does.
func (r *reader) jobSettings(node *yaml.Node, name Text, initial JobSettings, path string) JobSettings {
	s := initial
	s.Name = name
	if v := lookup(node, "schedule"); v != nil {
		s.Schedule = Text{v.Value, r.span(v)}
		if _, err := cron.Parse(v.Value); v.Value != "" && err != nil {
			r.add(WrongValue, s.Schedule.Span, fmt.Sprintf("%s.schedule is %q, which is no cron expression: %v", path, v.Value, err), `write it like "0 5 * * *", in UTC`)
		}
	}
	if v := lookup(node, "timeout_seconds"); v != nil {
		s.Timeout = r.whole(v, path+".timeout_seconds", 0)
	}
	if v := lookup(node, "threads"); v != nil {
		s.Threads = r.whole(v, path+".threads", 1)
	}
	if lookup(node, "formats") != nil {
		s.Formats = []Format{}
		for _, f := range r.texts(node, "formats") {
			s.Formats = append(s.Formats, Format(f.Value))
		}
	}
	return s
}

func (r *reader) id(node *yaml.Node, name string) ID {
	v := lookup(node, name)
	if v == nil {
		return ID{}
	}
	return ID{r.whole(v, "jobs."+name, 1), Text{v.Value, r.span(v)}}
}

// whole is a whole number of least or more, that each format can carry.
func (r *reader) whole(node *yaml.Node, path string, least int) int {
	n, err := strconv.Atoi(node.Value)
	if err != nil || n < least || n > 1<<53 {
		r.wrong(node, path+" is "+node.Value, fmt.Sprintf("use a whole number of %d or more, in decimal digits", least))
	}
	return n
}
