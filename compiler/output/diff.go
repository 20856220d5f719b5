package output

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Diff is what the changes do, as a unified diff with LF line ends. It is empty when they do nothing.
func Diff(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		from, to := "a/"+c.Path, "b/"+c.Path
		switch c.Kind {
		case Same:
			continue
		case Create:
			from = "/dev/null"
		case Remove:
			to = "/dev/null"
		}
		b.WriteString(udiff.Unified(from, to, lf(c.Old), lf(c.New)))
	}
	return b.String()
}

// Differences lists what the changes would repair, as "missing PATH", "stale PATH" or "superfluous PATH", in their order.
func Differences(changes []Change) []string {
	words := [...]string{Create: "missing ", Update: "stale ", Remove: "superfluous "}
	var out []string
	for _, c := range changes {
		if c.Kind != Same {
			out = append(out, words[c.Kind]+c.Path)
		}
	}
	return out
}
