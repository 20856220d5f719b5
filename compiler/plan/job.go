package plan

// Job is a run of dbt commands under one target: what dbt's platform calls a job. What needs several targets is several jobs, each
// started by the success of the one before.
type Job struct {
	Name          string      `json:"name"`                     // no other job has it: letters, digits, underscores, and hyphens between parts
	Of            string      `json:"of"`                       // name of the deployment or mirror; empty: of the main job beside mirrors
	Mirror        bool        `json:"mirror,omitempty"`         // Of is a mirror
	Phases        []string    `json:"phases"`                   // of the deployment, or the refresh of a mirror and the like
	Formats       []string    `json:"formats"`                  // that it is written in
	Description   string      `json:"description"`              // one sentence
	Environment   Environment `json:"environment"`              // that all its commands run in
	EnvironmentID int         `json:"environment_id,omitempty"` // by which dbt's platform knows Environment; 0: not said
	After         string      `json:"after,omitempty"`          // the job whose success starts it
	Schedule      string      `json:"schedule,omitempty"`       // cron of five fields, UTC; empty: nothing but After starts it, or a person
	Timeout       int         `json:"timeout_seconds"`          // 0: none
	Threads       int         `json:"threads"`                  // 0: what the profile says
	Commands      []Command   `json:"commands"`
}

// Command is one invocation of dbt; exactly one of Step and Operation is set.
type Command struct {
	Step      *Step  `json:"step,omitempty"`
	Operation string `json:"operation,omitempty"` // name of a Group of the deployment, which dbt runs as a macro
	Continues bool   `json:"continues,omitempty"` // the operation belongs to the run that the ledger's latest event is of, since the job before was another run
}

// Platform is dbt's platform as dbtwac.yml knows it. A number that is 0 is not said.
type Platform struct {
	AccountID int  `json:"account_id,omitempty"`
	ProjectID int  `json:"project_id,omitempty"`
	OwnsAll   bool `json:"owns_all"` // no job that dbt-jobs-as-code manages is in another file
}

// Actions is what a workflow of GitHub Actions needs besides jobs.
type Actions struct {
	Setup   string   `json:"setup"`   // an action that installs dbt and its profile
	RunsOn  string   `json:"runs_on"` // label of the runner
	Secrets []string `json:"secrets"` // names of secrets, and of the environment variables that they become
}
