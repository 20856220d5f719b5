package jobfiles

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Workflow is a file of GitHub Actions.
type Workflow struct {
	Name string
	On   struct {
		Schedule []struct{ Cron string }
		Dispatch struct {
			Inputs struct {
				Phase struct {
					Description, Type string
					Options           []string
				}
			}
		} `yaml:"workflow_dispatch"`
	} `yaml:"on"`
	Permissions map[string]string
	Concurrency struct {
		Group  string
		Cancel bool `yaml:"cancel-in-progress"`
	}
	Env      map[string]string
	Defaults struct {
		Run struct {
			Folder string `yaml:"working-directory"`
		}
	}
	Jobs yaml.Node

	List []WorkflowJob `yaml:"-"` // Jobs in their order
}

// WorkflowJob runs on a machine of its own.
type WorkflowJob struct {
	ID      string `yaml:"-"`
	If      string
	Needs   string
	RunsOn  string `yaml:"runs-on"`
	Timeout int    `yaml:"timeout-minutes"`
	Steps   []struct{ Name, If, Uses, Run string }
}

// ReadWorkflow reads one. The order of its jobs is that of the file.
func ReadWorkflow(text string) (*Workflow, error) {
	var w Workflow
	if err := yaml.Load([]byte(text), &w, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(w.Jobs.Content); i += 2 {
		j := WorkflowJob{ID: w.Jobs.Content[i].Value}
		if err := w.Jobs.Content[i+1].Load(&j, yaml.WithKnownFields()); err != nil {
			return nil, err
		}
		w.List = append(w.List, j)
	}
	return &w, nil
}

// Event is what has started a workflow, and what is known while it runs.
type Event struct {
	Values    map[string]string // such as github.run_id, inputs.phase or secrets.PASSWORD; others are empty
	Failed    bool              // a step before this one, or a job that this one needs
	Cancelled bool
}

// Runs evaluates an if, in which GitHub adds success() where it says nothing of what went before.
func (e Event) Runs(condition string) (bool, error) {
	result, statuses := condition == "", strings.Contains(condition, "()")
	for term := range strings.SplitSeq(condition, " || ") {
		if term == "" {
			continue
		}
		left, right, compares := strings.Cut(term, " == ")
		switch {
		case term == "failure()":
			result = result || e.Failed
		case term == "cancelled()":
			result = result || e.Cancelled
		case compares:
			a, err := e.value(left)
			if err != nil {
				return false, err
			}
			b, err := e.value(right)
			if err != nil {
				return false, err
			}
			result = result || a == b
		default:
			return false, fmt.Errorf("no condition that this test knows: %q", term)
		}
	}
	return result && (statuses || !e.Failed), nil
}

// Text fills the expressions of a text in, as GitHub does before a shell sees it.
func (e Event) Text(text string) (string, error) {
	var failed error
	text = expression.ReplaceAllStringFunc(text, func(s string) string {
		value, err := e.value(strings.TrimSpace(s[3 : len(s)-2]))
		if err != nil {
			failed = err
		}
		return value
	})
	return text, failed
}

// expression ends at the first }} outside of a literal.
var expression = regexp.MustCompile(`(?s)\$\{\{('[^']*'|[^'])*?\}\}`)

var (
	literal = regexp.MustCompile(`(?s)^'((?:[^']|'')*)'$`)
	lookup  = regexp.MustCompile(`^(github|inputs|secrets)\.[A-Za-z_][A-Za-z0-9_]*$`)
)

func (e Event) value(term string) (string, error) {
	if m := literal.FindStringSubmatch(term); m != nil {
		return strings.ReplaceAll(m[1], "''", "'"), nil
	}
	if !lookup.MatchString(term) {
		return "", fmt.Errorf("no expression that this test knows: %q", term)
	}
	return e.Values[term], nil
}
