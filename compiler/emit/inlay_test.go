package emit

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestInlays(t *testing.T) {
	write := func(text string) func(*strings.Builder) {
		return func(b *strings.Builder) { b.WriteString(text) }
	}
	var in inlays
	view := sampleView{Name: "\x001 is no mark", Notes: []string{in.add(5, write("first")), "between", in.add(0, write("<second> {{ v.Name }}"))}}

	l := library{fsys: fstest.MapFS{"t": {Data: []byte("<%= v.Name %>:<% for n in v.Notes %>[<%= n %>]<% endfor %>")}}}
	got, err := l.render("t", view, &in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("\x001 is no mark:[first][between][<second> {{ v.Name }}]", got); diff != "" {
		t.Errorf("an inlay stands where its mark was printed, and nothing in it is a template (-want +got):\n%s", diff)
	}
}
