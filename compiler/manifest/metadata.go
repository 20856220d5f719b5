package manifest

import (
	"crypto/md5" //nolint:gosec // dbt's project_id is the MD5 of the project's name
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

const rewrite = "let dbt write the manifest again: dbt parse"

// metadata reads the version first: everything else depends on it.
func (l *loader) metadata(root jsondoc.Value) (diag.Diagnostic, bool) {
	v := root.Get("metadata")
	if v.Kind() == jsondoc.Missing || !v.Valid() {
		// A document that is broken further on would be blamed for its missing metadata: find out which it is.
		if f := jsondoc.Diagnose(l.m.File); !root.Valid() {
			return f.Diagnostic(), false
		}
		return diag.Diagnostic{
			Code: WrongType, Severity: diag.Error, Span: root.Head().Span(), Path: "metadata",
			Message: l.m.File.Name + " has no metadata: it is no manifest.json of dbt", Hint: "hand dbtwac the manifest.json that dbt parse writes",
		}, false
	}
	schema, _ := v.Get("dbt_schema_version").Str()
	meta := &l.m.Metadata
	meta.DBTVersion, _ = v.Get("dbt_version").Str()
	meta.AdapterType, _ = v.Get("adapter_type").Str()
	meta.Project, _ = v.Get("project_name").Str()
	meta.Quoting = v.Get("quoting")
	meta.InvocationID, _ = v.Get("invocation_id").Str()
	n, ok := schemaNumber(schema)
	meta.Schema = n
	switch {
	case ok && (n >= 4 && n <= 12 || n == 20):
		return diag.Diagnostic{}, true
	case ok && n < 4:
		return l.version(v, fmt.Sprintf("the manifest has schema version %d, written by %s: dbtwac reads 4 (dbt 1.0) to 12, and 20", n, by(meta.DBTVersion)),
			"parse the project with dbt 1.0 or newer"), false
	case ok:
		return l.version(v, fmt.Sprintf("the manifest has schema version %d, written by %s, which this dbtwac does not know: it reads 4 to 12, and 20", n, by(meta.DBTVersion)),
			"use a newer dbtwac, or parse the project with dbt 1.12"), false
	}
	return l.version(v, fmt.Sprintf("metadata.dbt_schema_version is %q: no manifest of dbt", schema),
		"hand dbtwac the manifest.json that dbt parse writes, not another artifact"), false
}

func (l *loader) version(metadata jsondoc.Value, message, hint string) diag.Diagnostic {
	at := metadata.Get("dbt_schema_version")
	if at.Kind() == jsondoc.Missing {
		at = metadata
	}
	return diag.Diagnostic{
		Code: UnknownVersion, Severity: diag.Error, Span: at.Span(), Path: "metadata.dbt_schema_version", Message: message, Hint: hint,
	}
}

func by(version string) string {
	if version == "" {
		return "an unnamed dbt"
	}
	return "dbt " + version
}

// schemaNumber takes the number out of "https://schemas.getdbt.com/dbt/manifest/v12.json". Another artifact has none.
func schemaNumber(schema string) (int, bool) {
	rest, ok := strings.CutPrefix(schema[strings.LastIndexByte(schema, '/')+1:], "v")
	if !ok || !strings.Contains(schema, "/manifest/") {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(rest, ".json"))
	return n, err == nil
}

// projectName recovers the root package's name, which manifests have only since dbt 1.6: project_id is its MD5.
func (l *loader) projectName() string {
	root, _ := jsondoc.Open(l.m.File)
	id, _ := root.Get("metadata").Get("project_id").Str()
	last := ""
	for _, name := range packages(l.m.Nodes, l.m.Macros) {
		sum := md5.Sum([]byte(name)) //nolint:gosec // see the import
		if hex.EncodeToString(sum[:]) == id {
			return name
		}
		last = name
	}
	return last
}

// packages lists the packages that own nodes or macros, each once.
func packages(nodes []*Node, macros []*Macro) []string {
	seen := map[string]bool{}
	var names []string
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, m := range macros {
		add(m.Package)
	}
	for _, n := range nodes {
		add(n.Package)
	}
	return names
}
