package emit

import (
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/propose"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// proposalView is what dbtwac.yml prints: scalars of YAML, and the texts of comments.
type proposalView struct {
	Project, Manifest   string
	Publish, Build      proposalEnvironment
	NamingWhy           []string
	Select, BuildSelect string
	Why                 string
	Tags                []string
	Fixed               []string
	Stateful            []string
	Custom              []string
	Views               bool
}

type proposalEnvironment struct{ Target, Database, Schema, Naming string }

// Proposal prints a proposal: the text of a dbtwac.yml.
func Proposal(p propose.Proposal) (string, error) {
	v := proposalView{
		Project: quote.Comment(p.Project), Publish: proposalSide(p.Publish), Build: proposalSide(p.Build),
		Select: quote.YAML(p.Select), Why: upperFirst(p.Why), NamingWhy: namingWhy(p), Views: p.Views,
	}
	if p.Manifest != "" {
		v.Manifest = quote.YAML(p.Manifest)
	}
	if p.BuildSelect != "" {
		v.BuildSelect = quote.YAML(p.BuildSelect)
		v.Fixed = []string{
			"Not built, because it has one name under every target, and the build would overwrite production:",
			quote.Comment(diag.Shorten(p.Fixed, ", ")),
		}
	}
	for _, name := range p.Custom {
		v.Custom = append(v.Custom, quote.YAML(name))
	}
	if len(p.Tags) > 0 {
		v.Tags = []string{quote.Comment("The project's tags, for tag:NAME: " + diag.Shorten(p.Tags, ", "))}
	}
	if len(p.Stateful) > 0 {
		v.Stateful = []string{
			fmt.Sprintf("%d relations hold what earlier runs loaded. Before the first publish over an existing production, run the phase", len(p.Stateful)),
			"bootstrap, which copies them to staging: " + quote.Comment(diag.Shorten(p.Stateful, ", ")),
		}
	}
	return render("dbtwac.yml", v, &inlays{})
}

func proposalSide(e propose.Environment) proposalEnvironment {
	return proposalEnvironment{quote.YAML(e.Target), quote.YAML(e.Database), quote.YAML(e.Schema), string(e.Naming)}
}

// namingWhy says in comments where the naming comes from.
func namingWhy(p propose.Proposal) []string {
	switch {
	case p.Publish.Naming == config.NamingDefault:
		return []string{"Every name in the manifest follows dbt's own rule."}
	case p.Publish.Naming == config.NamingProject:
		return []string{
			"The project names its schemas itself: " + quote.Comment(p.Macro) + ".",
			"dbtwac reads that macro, and gets every name of the manifest from it under this target.",
		}
	}
	return []string{
		"The names follow no rule that dbtwac can read: " + quote.Comment(p.NamingWhyNot) + ".",
		"So they are those of the manifest: it has to be the one that dbt parsed for this target.",
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
