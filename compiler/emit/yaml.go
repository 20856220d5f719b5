package emit

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// yamlValue is a JSON text as a value of YAML on one line, which every reader takes for the same, but for what text does with each text.
func yamlValue(json string, text func(string) string) string {
	v, _ := jsondoc.Open(&source.File{Text: json})
	var b strings.Builder
	writeYAML(&b, v, text)
	return b.String()
}

func writeYAML(b *strings.Builder, v jsondoc.Value, text func(string) string) {
	comma := func(first bool) {
		if !first {
			b.WriteString(", ")
		}
	}
	switch v.Kind() {
	case jsondoc.Object:
		b.WriteByte('{')
		first := true
		for it := v.Entries(); it.Next(); first = false {
			comma(first)
			b.WriteString(quote.YAML(it.Key()) + ": ")
			writeYAML(b, it.Value(), text)
		}
		b.WriteByte('}')
	case jsondoc.Array:
		b.WriteByte('[')
		first := true
		for it := v.Items(); it.Next(); first = false {
			comma(first)
			writeYAML(b, it.Value(), text)
		}
		b.WriteByte(']')
	case jsondoc.String:
		b.WriteString(quote.YAML(text(v.Text())))
	case jsondoc.Missing:
		b.WriteString("null")
	case jsondoc.Number:
		b.WriteString(yamlNumber(v.Raw()))
	case jsondoc.Bool:
		b.WriteString(v.Raw())
	}
}

// yamlNumber is a number of JSON as YAML 1.1 reads it, which takes 1e3 for a text: it wants a point and a sign.
func yamlNumber(json string) string {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(json), "e")
	if !ok {
		return json
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if exponent[0] != '-' && exponent[0] != '+' {
		exponent = "+" + exponent
	}
	return mantissa + "e" + exponent
}
