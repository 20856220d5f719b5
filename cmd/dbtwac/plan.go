package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

type planCmd struct {
	Deployment string `arg:"" optional:"" help:"The deployment, or the mirror; default: all of them."`
	Format     string `enum:"table,markdown,json,mermaid" default:"table" help:"How to print: ${enum}. markdown is PLAN.md's bytes."`
}

func (c *planCmd) Run(e *env) error {
	out, err := e.compiled()
	if err != nil {
		return err
	}
	p := out.Plan
	if c.Deployment != "" {
		var names []string
		p.Deployments, p.Mirrors = nil, nil
		p.Jobs = slices.DeleteFunc(slices.Clone(p.Jobs), func(j plan.Job) bool { return j.Of != c.Deployment })
		for _, d := range out.Plan.Deployments {
			names = append(names, d.Name)
			if d.Name == c.Deployment {
				p.Deployments = append(p.Deployments, d)
			}
		}
		for _, m := range out.Plan.Mirrors {
			names = append(names, m.Name)
			if m.Name == c.Deployment {
				p.Mirrors = append(p.Mirrors, m)
			}
		}
		if len(p.Deployments)+len(p.Mirrors) == 0 {
			_, _ = fmt.Fprintf(e.stderr, "dbtwac: there is no deployment or mirror %q; defined are: %s\n", c.Deployment, strings.Join(names, ", "))
			return exit(exitUsage)
		}
	}
	return printPlan(e.stdout, p, out, c.Format)
}

func printPlan(w io.Writer, p plan.Plan, out compiler.Output, format string) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	for i := range p.Mirrors {
		text, err := mirrorText(&p.Mirrors[i], out, format)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	for i := range p.Deployments {
		d := &p.Deployments[i]
		text := ""
		switch format {
		case "table":
			text = emit.Table(d)
		case "mermaid":
			text = emit.Mermaid(d)
		case "markdown":
			var err error
			if text, err = emit.Markdown(p, d, out.Config.Output); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func mirrorText(m *plan.Mirror, out compiler.Output, format string) (string, error) {
	switch format {
	case "table":
		return emit.MirrorTable(m), nil
	case "mermaid":
		return emit.MirrorMermaid(m), nil
	}
	return emit.MirrorMarkdown(m, out.Plan.Main, out.Config.Output)
}
