package joblint

import (
	"path"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Job is a run of commands that somebody has written down.
type Job struct {
	File        *source.File
	Name        string
	At          source.Span // where it begins
	Platform    bool        // it runs on dbt's platform, where an environment decides the target
	AsCode      bool        // dbt-jobs-as-code syncs it
	Account     string      // of the platform, as it is written; or empty
	Project     int         // of the platform; 0: not said
	Target      string      // target_name, or empty
	TargetOpen  bool        // target_name is an expression
	Environment int         // of the platform; 0: not said
	Schedules   []Text      // cron expressions by which it starts
	Sometimes   bool        // whether a schedule starts it, only a run knows
	Timeout     int         // seconds; 0: none
	Steps       []Step      // in order
	Open        bool        // there are further steps, which only a run knows

	workflow workflowJob
}

// Step is one command of a Job.
type Step struct {
	Text  string // on one line, for messages
	Span  source.Span
	Words []Word // of one command, of which dbt is the first; none where only a run knows them

	refused []problem // why no platform takes it, whatever its words are
}

// Word is one word of a command, without its quotes.
type Word struct {
	Text  string // each part that only a run knows is one zero byte
	Split bool   // such a part may also be several words, or none
	Span  source.Span
}

// unknown stands for what only a run knows, such as $TARGET.
const unknown = "\x00"

// Known reports whether all of the word is known.
func (w Word) Known() bool { return !strings.Contains(w.Text, unknown) }

// problem is a finding before it has a code.
type problem struct {
	at            source.Span
	message, hint string
}

// Options are what files do not say about themselves.
type Options struct {
	Platform  bool // a list of commands is the steps of a job on dbt's platform
	Templated bool // files of dbt-jobs-as-code are rendered with a file of variables: Jinja in them is meant
}

// Read reads the jobs of a file. It reports DW405 for Jinja in a jobs-as-code file, and DW411: an error for a file that cannot be read or
// is of no format that holds jobs, a note for a file that is about something else, and for a step that cannot be known.
func Read(file *source.File, o Options) ([]Job, diag.List) {
	r := &reader{file: file, Options: o}
	begins := strings.TrimLeft(file.Text, " \t\r\n\ufeff")
	switch ending := strings.ToLower(path.Ext(file.Name)); {
	case ending == ".yml" || ending == ".yaml":
		r.yaml()
	case ending == ".tf":
		r.terraform()
	case ending == ".json" || ending == "" && strings.HasPrefix(begins, "{") || ending == "" && strings.HasPrefix(begins, "["):
		r.json()
	default:
		r.list()
	}
	if len(r.jobs) == 0 && len(r.diags) == 0 {
		severity := diag.Error
		if r.other {
			severity = diag.Note
		}
		r.diags.Add(diag.Diagnostic{
			Code: NotRead, Severity: severity, Span: source.At(file, 0, 0), Message: file.Name + " holds no jobs of dbt",
			Hint: "jobs are read from a YAML file of dbt-jobs-as-code, a workflow of GitHub Actions, Terraform's dbtcloud_job, JSON of the Admin API, a shell script, and a list of dbt commands",
		})
	}
	return r.jobs, r.diags
}

type reader struct {
	file *source.File
	Options
	other bool // the file is of a format that is read, and may well be about something else
	jobs  []Job
	diags diag.List
}

func (r *reader) fail(at source.Span, message, hint string) {
	r.diags.Add(diag.Diagnostic{Code: NotRead, Severity: diag.Error, Span: at, Message: message, Hint: hint})
}

// skip notes a step that is not checked.
func (r *reader) skip(at source.Span, why string) {
	r.diags.Add(diag.Diagnostic{
		Code: NotRead, Severity: diag.Note, Span: at,
		Message: "this is not checked: " + why, Hint: "write it out where it should be checked",
	})
}
