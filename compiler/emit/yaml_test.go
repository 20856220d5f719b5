package emit

import (
	"encoding/json"
	"math"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// hostileJSON are values that some reader of YAML has taken for something else.
var hostileJSON = []string{
	`"yes"`, `"no"`, `"on"`, `"NULL"`, `"~"`, `""`, `"1e3"`, `"0o7"`, `"0x1f"`, `"012"`, `"1_000"`, `"2024-01-01"`, `"12:30:45"`, `".inf"`, `"="`, `"<<"`, `"- a"`, `"a: b"`, `"a #b"`, `"{{ x }}"`,
	`"'"`, `"\""`, `"\\"`, `"\n"`, `"a\r\nb"`, `"\u0000\u0007\u001b\u0085\u2028\ufeff"`, `"größe 😀"`, `"@a"`, `"!t"`, `"&a"`, `"*a"`, `"%a"`, `"[a]"`, `"a, b"`, `" a "`,
	`1`, `-0`, `1.5`, `1e3`, `1E-3`, `-2.5e+10`, `true`, `null`, `[]`, `{}`, `[1, [2, {"a": [null, "b"]}], "c"]`, `{"high end": 1, "on": {"{{": "}}"}, "": [""]}`,
}

// TestYAMLValue: what YAML reads of a value is what JSON reads of it.
func TestYAMLValue(t *testing.T) {
	for _, text := range hostileJSON {
		sameInYAML(t, text)
	}
}

func FuzzYAMLValue(f *testing.F) {
	for _, text := range hostileJSON {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if json.Valid([]byte(text)) && utf8.ValidString(text) {
			sameInYAML(t, text)
		}
	})
}

func sameInYAML(t *testing.T, text string) {
	t.Helper()
	var want any
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		return // a number that no float holds
	}
	written := "- key: {of: " + yamlValue(text, asItIs) + "}\n"
	var got []map[string]map[string]any
	if err := yaml.Unmarshal([]byte(written), &got); err != nil {
		t.Fatalf("%s is written as %s: %v", text, written, err)
	}
	if d := cmp.Diff(want, plainValue(got[0]["key"]["of"])); d != "" {
		t.Errorf("%s is written as %s (-json +yaml):\n%s", text, written, d)
	}
}

// plainValue gives a value of YAML the types that JSON has.
func plainValue(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case float64:
		if v == 0 {
			return math.Abs(v) // YAML has no -0 that is whole
		}
		return v
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, plainValue(item))
		}
		return list
	case map[string]any:
		m := map[string]any{}
		for key, item := range v {
			m[key] = plainValue(item)
		}
		return m
	}
	return v
}
