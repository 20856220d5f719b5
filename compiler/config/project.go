package config

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
	"go.yaml.in/yaml/v4"
)

// CheckPaths reports DW006 when dbt would not find the macros, or the models of mirrors, that are written: their folder is below none of
// the `macro-paths`, or `model-paths`, of dbt_project.yml. What cannot be read from that file is dbt's business, and no finding.
func (c *Config) CheckPaths(project *source.File) diag.List {
	var doc struct {
		MacroPaths []string `yaml:"macro-paths"`
		ModelPaths []string `yaml:"model-paths"`
	}
	if project == nil || yaml.Unmarshal([]byte(project.Text), &doc) != nil {
		return nil
	}
	diags := below(c.Output.Macros, "output.macros", "macros", "macro-paths", doc.MacroPaths)
	for _, m := range c.Mirrors {
		if m.Path.Value == "" {
			continue
		}
		diags.Add(below(m.Path, "mirrors."+m.Name.Value+".path", "models", "model-paths", doc.ModelPaths)...)
	}
	return diags
}

// plainPath is a folder that a shell takes as it stands.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

// DBTProject is what of dbt_project.yml matters to whoever runs dbt.
type DBTProject struct {
	OwnWarnings bool   // it says which of dbt's warnings are failures: a step's own options would take the place of that
	TargetPath  string // where dbt writes, relative to the project
}

// ReadProject reads a dbt_project.yml, or nil. What cannot be read from it is dbt's business.
func ReadProject(file *source.File) DBTProject {
	p := DBTProject{TargetPath: "target"}
	var doc struct {
		TargetPath string         `yaml:"target-path"`
		Flags      map[string]any `yaml:"flags"`
		Config     map[string]any `yaml:"config"` // before dbt 1.8
	}
	if file == nil || yaml.Unmarshal([]byte(file.Text), &doc) != nil {
		return p
	}
	if t := doc.TargetPath; plainPath.MatchString(t) {
		p.TargetPath = path.Clean(t)
	}
	for _, key := range []string{"warn_error", "warn_error_options"} {
		p.OwnWarnings = p.OwnWarnings || doc.Flags[key] != nil || doc.Config[key] != nil
	}
	return p
}

// below reports a folder of macros or models that is below none of the paths that dbt looks for them in; what is also dbt's default.
func below(folder Text, key, what, setting string, paths []string) diag.List {
	if len(paths) == 0 {
		paths = []string{what}
	}
	for _, p := range paths {
		clean := path.Clean(p)
		if strings.Contains(p, "{{") || clean == "." || clean == folder.Value || strings.HasPrefix(folder.Value, clean+"/") {
			return nil
		}
	}
	return diag.List{{
		Code: OutputPath, Severity: diag.Error, Span: folder.Span, Path: key,
		Message: fmt.Sprintf("%s would be written to %s, and dbt looks for them in %s", what, folder.Value, strings.Join(paths, ", ")),
		Hint:    "choose a folder below one of the " + setting + " of dbt_project.yml",
	}}
}
