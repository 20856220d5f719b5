package config

import (
	"fmt"
	"path"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
	"go.yaml.in/yaml/v4"
)

// CheckMacroPaths reports DW006 when dbt would not find the macros that are written: their folder is below none of the
// `macro-paths` of dbt_project.yml. What cannot be read from that file is dbt's business, and no finding.
func (c *Config) CheckMacroPaths(project *source.File) diag.List {
	var doc struct {
		MacroPaths []string `yaml:"macro-paths"`
	}
	if project == nil || yaml.Unmarshal([]byte(project.Text), &doc) != nil {
		return nil
	}
	paths := doc.MacroPaths
	if len(paths) == 0 {
		paths = []string{"macros"} // dbt's default
	}
	for _, p := range paths {
		clean := path.Clean(p)
		if strings.Contains(p, "{{") || clean == "." || clean == c.Output.Macros.Value || strings.HasPrefix(c.Output.Macros.Value, clean+"/") {
			return nil
		}
	}
	return diag.List{{
		Code: OutputPath, Severity: diag.Error, Span: c.Output.Macros.Span, Path: "output.macros",
		Message: fmt.Sprintf("macros would be written to %s, and dbt looks for them in %s", c.Output.Macros.Value, strings.Join(paths, ", ")),
		Hint:    "choose a folder below one of the macro-paths of dbt_project.yml",
	}}
}
