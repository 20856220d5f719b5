package mirror

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// notName is what the name of a model cannot hold everywhere: it is a file, an identifier, and a word of selection syntax.
var notName = regexp.MustCompile(`[^A-Za-z0-9_]`)

// modelName is the name of the model that copies n.
func modelName(m config.Mirror, n *manifest.Node, t config.MirrorTable) string {
	name := cmp.Or(t.Name.Value, strings.NewReplacer("<source>", n.SourceName, "<table>", n.Name).Replace(m.Pattern.Value))
	name = notName.ReplaceAllString(name, "_")
	if name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	return name
}

// maxFile is how long the name of a file can be, without its ending.
const maxFile = 250

// names reports names that two have, or one and something of the project, as files, in ref, or in the warehouse.
func (l *layers) names(mirrors []plan.Mirror) {
	const hint = "give one of them another name in overrides, or choose another pattern with name"
	refs, relations := map[string]*manifest.Node{}, map[plan.Name]string{}
	copies := map[string]string{}
	for _, n := range l.all.Nodes {
		switch n.Kind {
		case manifest.Model, manifest.Seed, manifest.Snapshot:
			if n.Package == l.all.Name() {
				refs[strings.ToLower(n.Name)] = n
			}
		case manifest.Source:
			relations[l.key(plan.Name{Database: n.Database, Schema: n.Schema, Identifier: n.Alias})] = n.ID
		}
	}
	for i, m := range mirrors {
		asked := l.config.Mirrors[i]
		for _, c := range m.Models {
			// A file system may ignore case, and dbt does not.
			folded := strings.ToLower(c.Name)
			if other := refs[folded]; other != nil && other.OriginalFilePath != c.File { // DW503 is about a file that is there
				l.errorf(SameName, asked, asked.Name.Span, hint, "the copy of %s would be called %s, and so is %s", c.Source, c.Name, other.ID)
			}
			if other, twice := copies[folded]; twice {
				l.errorf(SameName, asked, asked.Name.Span, hint, "the copies of %s and %s would both be called %s", other, c.Source, c.Name)
			}
			copies[folded] = c.Source
			if other, there := relations[l.key(c.Relation)]; there {
				l.errorf(SameName, asked, asked.Schema.Span, "give the mirror a schema of its own", "the copy of %s would be the relation %s, which is %s", c.Source, shown(c.Relation), other)
			}
			most := maxFile
			if l.wh != nil && l.wh.Can().MaxIdentifier > 0 {
				most = min(most, l.wh.Can().MaxIdentifier)
			}
			if len(c.Name) > most {
				l.errorf(SameName, asked, asked.Name.Span, hint, "the copy of %s would be called %s: a name has at most %d bytes there, and what is longer is cut or refused", c.Source, c.Name, most)
			}
		}
	}
}

func (l *layers) key(n plan.Name) plan.Name {
	fold := strings.ToLower
	if l.wh != nil {
		fold = l.wh.Fold
	}
	return plan.Name{Database: fold(n.Database), Schema: fold(n.Schema), Identifier: fold(n.Identifier)}
}

func shown(n plan.Name) string { return n.Schema + "." + n.Identifier }
