package differential

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// vocabulary holds, for each method of dbt, values that it knows from the manifest. The key "" is those without a method.
type vocabulary struct {
	values    map[string][]string
	config    []setting // what somebody may have configured, defaults included
	selectors []string
}

// setting is one value of a config.
type setting struct {
	key   string // such as meta.owner
	value any
}

// resource is what we read of an entry of the manifest.
type resource struct {
	ID       string   `json:"unique_id"`
	Name     string   `json:"name"`
	Kind     string   `json:"resource_type"`
	Package  string   `json:"package_name"`
	FQN      []string `json:"fqn"`
	Tags     []string `json:"tags"`
	File     string   `json:"original_file_path"`
	Patch    string   `json:"patch_path"`
	Source   string   `json:"source_name"`
	Access   string   `json:"access"`
	Version  any      `json:"version"`
	Metadata struct {
		Name string `json:"name"`
	} `json:"test_metadata"`
	Config map[string]any `json:"config"`
}

// readVocabulary reads a manifest as plain JSON: what our own reader gets wrong must not be missing here too.
func readVocabulary(t testing.TB, manifest []byte) *vocabulary {
	t.Helper()
	var sections map[string]json.RawMessage
	decode(t, manifest, &sections)
	v := &vocabulary{values: map[string][]string{
		"access":        {"public", "private", "protected"},
		"test_type":     {"generic", "singular", "unit", "data", "schema"},
		"version":       {"latest", "prerelease", "old", "none"},
		"package":       {"this"},
		"resource_type": {"analysis"},
		"path":          {".", "./", "*", "**", "**/*", "*/*", "models/**/", "models//ledger", "models/./odd", "models/../models", "/models", "models/**.sql", "dbt_packages/**", "packages/stall/models/*", "dbt_packages/*/models/*", "*.yml", "models/[!l]*"},
		"state":         {"modified", "new"},
		"result":        {"success"},
		"source_status": {"fresher"},
	}}
	for _, name := range []string{"nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions"} {
		var entries map[string]resource
		decode(t, sections[name], &entries)
		for _, r := range entries {
			v.learn(r)
		}
	}
	var disabled map[string][]resource
	decode(t, sections["disabled"], &disabled)
	for _, list := range disabled {
		v.learn(list[0])
	}
	var selectors map[string]any
	decode(t, sections["selectors"], &selectors)
	v.add("selector", slices.Collect(maps.Keys(selectors))...)
	v.sort()
	return v
}

// decode keeps numbers as they are written.
func decode(t testing.TB, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("target/manifest.json: %v", err)
	}
}

// learn takes what one resource may be selected by.
func (v *vocabulary) learn(r resource) {
	v.add("tag", r.Tags...)
	v.add("package", r.Package)
	v.add("resource_type", r.Kind)
	v.add("access", r.Access)
	v.add("file", path.Base(r.File), strings.TrimSuffix(path.Base(r.File), path.Ext(r.File)))
	v.add("test_name", r.Metadata.Name)
	if group, _ := r.Config["group"].(string); group != "" {
		v.add("group", group)
	}
	v.paths(r.File)
	if _, patch, ok := strings.Cut(r.Patch, "://"); ok {
		v.paths(patch)
	}
	switch r.Kind {
	case "source":
		v.add("source", r.Source, r.Source+"."+r.Name, r.Package+"."+r.Source+"."+r.Name)
	case "exposure", "metric", "semantic_model", "saved_query", "unit_test":
		v.add(r.Kind, r.Name, r.Package+"."+r.Name)
	}
	names := []string{r.Name, r.ID}
	parts := strings.Split(strings.Join(r.FQN, "."), ".") // names may hold dots
	for i := range parts {
		names = append(names, strings.Join(parts[i:], "."), strings.Join(parts[:i+1], "."))
	}
	if n := len(r.FQN); r.Version != nil && n > 1 {
		names = append(names, strings.Join(r.FQN[n-2:], "_"))
	}
	v.add("fqn", names...)
	v.add("", names...)
	v.configured("", r.Config)
}

func (v *vocabulary) paths(file string) {
	for p := file; p != "."; p = path.Dir(p) {
		v.add("path", p, path.Dir(p)+"/*"+path.Ext(p), path.Dir(p)+"/**")
		v.add("", p)
	}
	v.add("path", "**/"+path.Base(file), "./"+file, path.Dir(file)+"/")
}

func (v *vocabulary) configured(key string, value any) {
	if key != "" {
		v.config = append(v.config, setting{key, value})
	}
	switch value := value.(type) {
	case map[string]any:
		for k, member := range value {
			v.configured(strings.TrimPrefix(key+"."+k, "."), member)
		}
	case []any:
		for _, member := range value {
			v.config = append(v.config, setting{key, member})
		}
	}
}

func (v *vocabulary) add(method string, values ...string) {
	v.values[method] = append(v.values[method], values...)
}

// sort makes the order that of the words, instead of that of Go's maps.
func (v *vocabulary) sort() {
	for method, list := range v.values {
		slices.Sort(list)
		v.values[method] = slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
	}
	whole := func(s setting) string { return s.key + "\x00" + written(s.value) }
	slices.SortFunc(v.config, func(a, b setting) int { return strings.Compare(whole(a), whole(b)) })
	v.config = slices.CompactFunc(v.config, func(a, b setting) bool { return whole(a) == whole(b) })
	v.selectors = v.values["selector"]
}

// written is a value as somebody would type it: text bare, everything else as JSON.
func written(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	b, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	return string(b)
}
