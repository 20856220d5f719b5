package diag

import (
	"fmt"
	"io"
	"strings"
)

// GitHub writes l as workflow commands of GitHub Actions, which shows each as an annotation of its line.
func GitHub(w io.Writer, l List) error {
	var b strings.Builder
	for _, d := range l {
		command := map[Severity]string{Error: "error", Warning: "warning", Note: "notice"}[d.Severity]
		b.WriteString("::" + command + " title=" + property(string(d.Code)))
		if !d.Span.IsZero() {
			line, column := d.Span.Position()
			fmt.Fprintf(&b, ",file=%s,line=%d,col=%d", property(d.Span.File.Name), line, column)
		}
		message := clean(d.Message)
		for _, r := range d.Related {
			message += "\nalso: " + place(r.Span, "") + " " + clean(r.Message)
		}
		if d.Hint != "" {
			message += "\nhint: " + clean(d.Hint)
		}
		b.WriteString("::" + data.Replace(message) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// What ends a command's data, or one of its properties, is written as percent signs.
var data = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data.Replace(s))
}
