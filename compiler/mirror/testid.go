package mirror

import (
	"crypto/md5" //nolint:gosec // it is what dbt makes unique ids with
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// identify gives the tests of a copy the unique ids that dbt will give them (schema_generic_tests.py and
// synthesize_generic_test_names of dbt-core 1.12; dbt v2 has other ids for long names).
func identify(project string, c *plan.Copied) {
	for i := range c.Tests {
		c.Tests[i].Node = testID(project, *c, c.Tests[i])
	}
	for i := range c.Columns {
		for j := range c.Columns[i].Tests {
			c.Columns[i].Tests[j].Node = testID(project, *c, c.Columns[i].Tests[j])
		}
	}
}

// testID is the unique id of a test of a model.
func testID(project string, c plan.Copied, t plan.Test) string {
	kwargs := map[string]jsondoc.Value{}
	for _, a := range t.Arguments {
		kwargs[a.Key] = value(a.JSON)
	}
	if t.Column != "" {
		kwargs["column_name"] = value(jsonText(t.Column))
	}
	kwargs["model"] = value(jsonText("{{ get_where_subquery(ref('" + c.Name + "')) }}"))
	namespace, name, ok := strings.Cut(t.Name, ".")
	kind := namespace + "_" + name
	if !ok {
		namespace, name, kind = "None", t.Name, t.Name
	}
	full := t.Label
	if full == "" {
		full = testLabel(kind, c.Name, kwargs)
	}
	metadata := "{'kwargs': " + reprMap(kwargs) + ", 'name': " + repr(name) + ", 'namespace': " + repr(namespace) + "}"
	sum := md5.Sum([]byte(full + metadata)) //nolint:gosec // see above
	digest := hex.EncodeToString(sum[:])
	return "test." + project + "." + full + "." + digest[len(digest)-10:]
}

var notLabel = regexp.MustCompile(`[^0-9a-zA-Z_]+`)

// testLabel is the name that dbt makes up for a test.
func testLabel(kind, of string, kwargs map[string]jsondoc.Value) string {
	var parts []string
	for _, key := range sortedKeys(kwargs) {
		if key == "model" {
			continue
		}
		switch v := kwargs[key]; v.Kind() {
		case jsondoc.Object:
			for it := v.Entries(); it.Next(); {
				parts = append(parts, str(it.Value()))
			}
		case jsondoc.Array:
			for it := v.Items(); it.Next(); {
				parts = append(parts, str(it.Value()))
			}
		default:
			parts = append(parts, str(v))
		}
	}
	for i := range parts {
		parts[i] = notLabel.ReplaceAllString(parts[i], "_")
	}
	return kind + "_" + of + "_" + strings.Join(parts, "__")
}

func arguments(metadata jsondoc.Value) map[string]jsondoc.Value {
	kwargs := map[string]jsondoc.Value{}
	for it := metadata.Get("kwargs").Entries(); it.Next(); {
		kwargs[it.Key()] = it.Value()
	}
	return kwargs
}

func sortedKeys(m map[string]jsondoc.Value) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// value is a JSON text as a Value; what is none is missing.
func value(text string) jsondoc.Value {
	v, _ := jsondoc.Open(&source.File{Text: text})
	return v
}

// str is Python's str() of a value.
func str(v jsondoc.Value) string {
	switch v.Kind() {
	case jsondoc.String:
		return v.Text()
	case jsondoc.Missing:
		return "None"
	case jsondoc.Bool:
		if v.Raw() == "true" {
			return "True"
		}
		return "False"
	case jsondoc.Number:
		return v.Raw()
	case jsondoc.Array:
		var items []string
		for it := v.Items(); it.Next(); {
			items = append(items, literal(it.Value()))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	var entries []string
	for it := v.Entries(); it.Next(); {
		entries = append(entries, repr(it.Key())+": "+literal(it.Value()))
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// literal is Python's repr() of a value.
func literal(v jsondoc.Value) string {
	if v.Kind() == jsondoc.String {
		return repr(v.Text())
	}
	return str(v)
}

// hashable is repr() of what dbt hashes in place of a value: the same, with each scalar as its str().
func hashable(v jsondoc.Value) string {
	switch v.Kind() {
	case jsondoc.Object:
		return reprMap(func() map[string]jsondoc.Value {
			m := map[string]jsondoc.Value{}
			for it := v.Entries(); it.Next(); {
				m[it.Key()] = it.Value()
			}
			return m
		}())
	case jsondoc.Array:
		var items []string
		for it := v.Items(); it.Next(); {
			items = append(items, hashable(it.Value()))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return repr(str(v))
}

func reprMap(m map[string]jsondoc.Value) string {
	var entries []string
	for _, key := range sortedKeys(m) {
		entries = append(entries, repr(key)+": "+hashable(m[key]))
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// repr is Python's repr() of a text.
func repr(s string) string {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, r := range s {
		switch {
		case r == mark || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			b.WriteString(`\x` + hexadecimal(r, 2))
		case r < 0x10000:
			b.WriteString(`\u` + hexadecimal(r, 4))
		default:
			b.WriteString(`\U` + hexadecimal(r, 8))
		}
	}
	b.WriteRune(mark)
	return b.String()
}

func hexadecimal(r rune, digits int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(s)) + s
}
