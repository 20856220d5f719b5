package selection_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Where a term stands in a document, the caret is below it.
func TestPlaces(t *testing.T) {
	p := boundary().project(t, nil)
	line := `    select: "tag:x+ foo.bar:y,a"  # comment`
	quoted := `    select: "tag:\u0061 foo:b"`
	twice := `    select: "tag:\u0061 foo:b x foo:b"`
	at := func(text, part string) source.Span {
		file := &source.File{Name: "dbtwac.yml", Text: "deployments:\n" + text + "\n"}
		start := strings.Index(file.Text, part)
		return source.At(file, start, start+len(part))
	}
	for _, c := range []struct {
		why  string
		text selection.Text
		want string
	}{
		{"a flag", selection.Flag("--select", "a foo:b")[0], "--select:1:3:\nerror DW120: \"foo\" is no selection method of dbt\n  | a foo:b\n  |   ^^^\n"},
		{"a scalar in quotes", selection.Text{Value: "tag:x+ foo.bar:y,a", Span: at(line, `"tag:x+ foo.bar:y,a"`)},
			"dbtwac.yml:2:21:\nerror DW120: \"foo\" is no selection method of dbt\n  | " + line + "\n  | " + strings.Repeat(" ", 20) + "^^^\n"},
		{"a scalar that is spelled otherwise", selection.Text{Value: "tag:a foo:b", Span: at(quoted, `"tag:\u0061 foo:b"`)},
			"dbtwac.yml:2:25:\nerror DW120: \"foo\" is no selection method of dbt\n  | " + quoted + "\n  | " + strings.Repeat(" ", 24) + "^^^\n"},
		{"and holds the term twice", selection.Text{Value: "tag:a foo:b x foo:b", Span: at(twice, `"tag:\u0061 foo:b x foo:b"`)},
			"dbtwac.yml:2:13:\nerror DW120: \"foo\" is no selection method of dbt\n  | " + twice + "\n  | " + strings.Repeat(" ", 12) + strings.Repeat("^", 26) + "\n"},
		{"the method of a term with operators", selection.Flag("--select", "2+foo:b+")[0], "--select:1:3:\nerror DW120: \"foo\" is no selection method of dbt\n  | 2+foo:b+\n  |   ^^^\n"},
		{"a value", selection.Flag("--select", "a source:a.b.c.d")[0], "--select:1:3:\nerror DW120: \"a.b.c.d\" is no value of source\n  | a source:a.b.c.d\n  |   ^^^^^^^^^^^^^^\n"},
		{"what matches nothing", selection.Flag("--exclude", "tag:x nope")[0], "--exclude:1:1:\nwarning DW122: \"tag:x\" matches nothing in the manifest\n  | tag:x nope\n  | ^^^^^\n"},
		{"nowhere", selection.Text{Value: "foo:b"}, "error DW120: \"foo\" is no selection method of dbt\n"},
		{"a line break", selection.Flag("--select", "a\nb")[0], "--select:1:2:\nerror DW120: a line break cannot stand in a selection\n  | a\n  |  ^\n"},
	} {
		spec, diags := selection.Parse(selection.Request{Select: []selection.Text{c.text}})
		if !diags.HasErrors() {
			_, diags = selection.New(p).Evaluate(spec, selection.Options{})
		}
		got, _, _ := strings.Cut(text(t, diags), "  hint:") // the first of them
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.why, d)
		}
	}
}

// Both may not be given; --selector beats them with a warning.
func TestRequest(t *testing.T) {
	p := zoo().project(t, fields{"selectors": fields{"s": fields{"definition": "a"}}})
	e := selection.New(p)
	models := func(r selection.Request, o selection.Options) string {
		spec, diags := selection.Parse(r)
		if diags.HasErrors() {
			return diags[0].Message
		}
		set, diags := e.Evaluate(spec, o)
		if diags.HasErrors() {
			return diags[0].Message
		}
		return p.Nodes[set.Nodes[0]].ID + " and so on"
	}
	both := selection.Request{Models: selection.Flag("--models", "*"), Select: selection.Flag("--select", "*")}
	one := selection.Request{Models: selection.Flag("--models", "*")}
	for _, c := range [][2]string{
		{models(one, selection.Options{}), "model.p.a and so on"},
		{models(both, selection.Options{}), "--models and --select exclude each other"},
		{models(one, selection.Options{ResourceTypes: args("model")}), "--models and --resource-type exclude each other"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
	_, diags := selection.Parse(selection.Request{Selector: flag("--selector", "s"), Select: selection.Flag("--select", "b")})
	if got := text(t, diags); diags.HasErrors() || !strings.Contains(got, "ignored, because --selector s decides") {
		t.Errorf("got %s", got)
	}
}

// What dbt v2 reads differently is a warning where dbt v2 wrote the manifest, and only there.
func TestV2(t *testing.T) {
	v2 := fields{"metadata": fields{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "2.0.0", "project_name": "p"}}
	warnings := func(more fields, o selection.Options, r selection.Request) int {
		spec, diags := selection.Parse(r)
		if diags.HasErrors() {
			t.Fatal(text(t, diags))
		}
		_, diags = selection.New(zoo().project(t, more)).Evaluate(spec, o)
		return strings.Count(text(t, diags), "warning DW120")
	}
	for _, c := range []struct {
		term string
		want int
	}{
		{"stg_*", 1}, {"p.stg_*", 0}, {"a", 0}, {"*", 0}, {"", 1}, {"tag:", 1}, {"group:f*", 1}, {"group:fin", 0}, {"config.meta.x:a*", 1},
		{"config.meta.x:1", 1}, {"config.materialized:table", 0}, {"config.severity:WARN", 1}, {"test_name:not_null", 1}, {"test_type:generic", 1},
		{"test_type:unit", 0}, {"version:none", 1}, {"version:latest", 0}, {"path:models/*", 1}, {"path:models/a", 0}, {"tag:[ab]", 1},
	} {
		r := selection.Request{Select: selection.Flag("--select", c.term)}
		if got := warnings(v2, selection.Options{}, r); got != c.want {
			t.Errorf("%q: %d warnings, want %d", c.term, got, c.want)
		}
		if got := warnings(nil, selection.Options{}, r); got != 0 {
			t.Errorf("%q: %d warnings with dbt 1.12, want none", c.term, got)
		}
	}
	modes := selection.Request{Select: selection.Flag("--select", "a b"), Exclude: selection.Flag("--exclude", "b")}
	if got := warnings(v2, selection.Options{Indirect: selection.Cautious}, modes); got != 2 {
		t.Errorf("a union and an exclude under cautious: %d warnings, want 2", got)
	}
	if got := warnings(v2, selection.Options{}, modes); got != 0 {
		t.Errorf("a union and an exclude under eager: %d warnings, want none", got)
	}
}

// A selector of 200 characters takes less than a second on 1,000 nodes, whatever it holds.
func TestHostileSelectors(t *testing.T) {
	d := doc{}
	name := func(i int) string {
		return "model.p." + strings.Repeat("a", 60) + string(rune('a'+i/100)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10))
	}
	for i := range 1000 {
		var on []string
		for j := max(0, i-20); j < i; j++ {
			on = append(on, name(j))
		}
		d.node(name(i), fields{"on": on, "tags": []string{strings.Repeat("a", 200)}, "original_file_path": strings.Repeat("a/", 30) + "x.sql"})
	}
	p := d.project(t, nil)
	e := selection.New(p)
	for _, s := range []string{
		strings.Repeat("*a", 98) + "*b", "tag:" + strings.Repeat("*a", 96) + "*b", "tag:" + strings.Repeat("*?", 96) + "b",
		strings.Repeat("+a*+ ", 40), strings.Repeat("@a* ", 50), strings.Repeat("@a*,", 49) + "@a*", strings.Repeat("**/", 65) + "b", strings.Repeat("*/", 98) + "b",
		"tag:" + strings.Repeat("[a-z]*", 30) + "9", "tag:*" + strings.Repeat("[!b-z]", 30) + "9", strings.Repeat(",", 200), strings.Repeat(" ", 200),
	} {
		start := time.Now()
		ask(t, e, p, selection.Options{Indirect: selection.Buildable}, s)
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: %v", s, took)
		}
	}
}
