package rule

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// JobFinding is the beginning of a diagnostic about a job: at the deployment or mirror that it is of, or at the key jobs.
func (p *Pass) JobFinding(code diag.Code, severity diag.Severity, j plan.Job) diag.Diagnostic {
	switch {
	case j.Mirror:
		return p.MirrorFinding(code, severity, plan.Mirror{Name: j.Of})
	case j.Of != "":
		return p.Finding(code, severity, plan.Deployment{Name: j.Of})
	}
	return diag.Diagnostic{Code: code, Severity: severity, Span: p.Config.Jobs.At.Span, Path: "jobs"}
}

// OnPlatform reports whether a job is written for dbt's platform.
func OnPlatform(j plan.Job) bool {
	return slices.ContainsFunc(j.Formats, func(f string) bool { return config.Format(f).OnPlatform() })
}
