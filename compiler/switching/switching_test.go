package switching_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/switching"
)

// mirrored knows the tables a.b, a.c and x.y, and one whose model has a name that nobody would choose.
func mirrored(source, table string) (string, bool) {
	if source == "odd" {
		return `it's "odd": #\`, true
	}
	known := map[string]bool{"a.b": true, "a.c": true, "x.y": true, "größe.é": true}[source+"."+table]
	return "raw_" + source + "__" + table, known
}

// left prints what is left as a test wants it: the text that it stands for, the table as far as it is known, and why.
func left(text string, r switching.Result) []string {
	var lines []string
	for _, l := range r.Left {
		lines = append(lines, fmt.Sprintf("%s [%s.%s] %s", text[l.Start:l.End], l.Source, l.Table, l.Why))
	}
	return lines
}

type row struct {
	name, text, want string // an empty want is the text itself
	left             []string
}

func run(t *testing.T, change func(string, switching.Mirrored) switching.Result, rows []row) {
	t.Helper()
	for _, tc := range rows {
		t.Run(tc.name, func(t *testing.T) {
			if tc.want == "" {
				tc.want = tc.text
			}
			r := change(tc.text, mirrored)
			if d := cmp.Diff(tc.want, r.Text); d != "" {
				t.Errorf("the text (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.left, left(tc.text, r)); d != "" {
				t.Errorf("what is left (-want +got):\n%s", d)
			}
			check(t, change, tc.text)
		})
	}
}

// check holds what is true of every text: edits stand in order, nothing else changes, and a second switch has nothing left to do.
func check(t *testing.T, change func(string, switching.Mirrored) switching.Result, text string) {
	t.Helper()
	r := change(text, mirrored)
	var b strings.Builder
	at := 0
	for _, e := range r.Edits {
		if e.Start < at || e.End <= e.Start || e.End > len(text) {
			t.Fatalf("%q: an edit from %d to %d behind %d", text, e.Start, e.End, at)
		}
		if _, ok := mirrored(e.Source, e.Table); !ok {
			t.Fatalf("%q: %s.%s is replaced, and no model mirrors it", text, e.Source, e.Table)
		}
		b.WriteString(text[at:e.Start] + e.New)
		at = e.End
	}
	if b.WriteString(text[at:]); b.String() != r.Text {
		t.Fatalf("%q: the edits make %q, and the text is %q", text, b.String(), r.Text)
	}
	for _, l := range r.Left {
		if l.Start < 0 || l.End < l.Start || l.End > len(text) || l.Why == "" {
			t.Fatalf("%q: left is %+v", text, l)
		}
	}
	if again := change(r.Text, mirrored); again.Text != r.Text || len(again.Edits) > 0 || len(again.Left) != len(r.Left) {
		t.Fatalf("%q becomes %q, and with a second switch %q with %d edits; left are %+v, then %+v", text, r.Text, again.Text, len(again.Edits), r.Left, again.Left)
	}
}
