package config

import (
	"encoding/json"
	"fmt"
)

// JSONSchema returns the JSON schema (draft 2020-12) of dbtwac.yml, for editors. It is the table of keys in another form.
func JSONSchema() []byte {
	root := schema.jsonSchema()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "dbtwac.yml"
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("config: the table of keys does not print: %v", err)) // it holds strings, lists and maps only
	}
	return append(text, '\n')
}

func (k *key) jsonSchema() map[string]any {
	s := map[string]any{}
	if k.doc != "" {
		s["description"] = k.doc
	}
	if k.initial != "" {
		s["default"] = k.initial
	}
	if k.kind == boolean {
		s["type"], s["default"] = "boolean", k.initial == "true"
	}
	if len(k.oneOf) > 0 && k.kind != number && k.kind != choice {
		s["enum"] = k.oneOf
	}
	if k.match != nil && k.kind == text {
		s["pattern"] = k.match.String()
	}
	switch k.kind {
	case text:
		s["type"] = "string"
	case number:
		s["type"] = "integer"
		delete(s, "default")
		if len(k.oneOf) > 0 {
			s["enum"] = []int{1}
		}
	case list:
		s["type"], s["items"] = "array", map[string]any{"type": "string"}
	case words:
		s["anyOf"] = []any{map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}
	case named:
		s["type"], s["additionalProperties"] = "object", k.of.jsonSchema()
		if k.match != nil {
			s["propertyNames"] = map[string]any{"pattern": k.match.String()}
		}
	case mappings:
		item := key{kind: mapping, keys: k.keys}
		s["type"], s["items"] = "array", item.jsonSchema()
	case choice:
		object := key{kind: mapping, keys: k.keys}
		s["anyOf"] = []any{map[string]any{"type": "string", "enum": k.oneOf}, object.jsonSchema()}
	case mapping:
		properties := map[string]any{}
		var required []string
		for _, row := range k.keys {
			properties[row.name] = row.jsonSchema()
			if row.needed {
				required = append(required, row.name)
			}
		}
		s["type"], s["properties"], s["additionalProperties"] = "object", properties, false
		if required != nil {
			s["required"] = required
		}
	}
	return s
}
