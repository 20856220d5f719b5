package emit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/flosch/pongo2/v6"

	"github.com/dbtwac/dbtwac/templates"
)

// The dialect of the templates, which templates/README.md states, is all that reaches pongo2: what is none of its five tags
// is an error here. So none of pongo2's other tags and filters needs a ban: ssi reads the disk, now the clock.

var shipped = &library{fsys: templates.FS}

// render executes the template of that name; view is called v in it, and in are the parts that it has marks of. Values come out
// byte for byte: quoting is done before.
func render(name string, view any, in *inlays) (string, error) { return shipped.render(name, view, in) }

// library holds templates, each parsed at its first use. It may be used by several goroutines.
type library struct {
	fsys    fs.FS
	entries sync.Map // by name, a func() (*parsed, error)
}

func (l *library) render(name string, view any, in *inlays) (string, error) {
	entry, _ := l.entries.LoadOrStore(name, sync.OnceValues(func() (*parsed, error) { return loadTemplate(l.fsys, name) }))
	p, err := entry.(func() (*parsed, error))()
	if err != nil {
		return "", err
	}
	return p.execute(view, in)
}

// parsed is one template, ready to be executed.
type parsed struct {
	name     string
	text     string // what pongo2 was given
	starts   []int  // by line of the template, the offset in text where what it became begins
	template *pongo2.Template
}

// autoescapeOff is global in pongo2, and its option for one template does not reach everything.
var autoescapeOff = sync.OnceFunc(func() { pongo2.SetAutoescape(false) })

func loadTemplate(fsys fs.FS, name string) (p *parsed, err error) {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	pieces, err := parseTemplate(name, string(src))
	if err != nil {
		return nil, err
	}
	p = &parsed{name: name}
	p.text, p.starts = translate(pieces)
	autoescapeOff()
	defer p.explain(&err)
	// A set for each template: to parse is to write to the set.
	p.template, err = pongo2.NewSet(name, loader(p.text)).FromFile(name)
	return p, err
}

func (p *parsed) execute(view any, in *inlays) (text string, err error) {
	defer p.explain(&err)
	out := sink{inlays: in}
	out.text.Grow(in.size + len(p.text))
	err = p.template.ExecuteWriterUnbuffered(pongo2.Context{"v": view}, &out)
	if err != nil {
		return "", err
	}
	return out.text.String(), nil
}

// explain turns a panic or an error of pongo2 into one that names the template and its own line.
func (p *parsed) explain(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: %v", p.name, r)
	}
	var e *pongo2.Error
	if !errors.As(*err, &e) {
		return
	}
	// Filename is empty in some of them, and nothing is included: it is always this template.
	*err = fmt.Errorf("%s:%d: %w", p.name, p.line(e.Line, e.Column), e.OrigError)
}

// line is the template's line that a 1-based position in text comes from. Lines that vanish share a line of text.
func (p *parsed) line(line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		offset += strings.IndexByte(p.text[offset:], '\n') + 1
	}
	offset += max(column, 1) - 1
	return max(sort.SearchInts(p.starts, offset+1), 1)
}

// loader gives pongo2 the one translated text.
type loader string

func (l loader) Abs(_, name string) string     { return name }
func (l loader) Get(string) (io.Reader, error) { return strings.NewReader(string(l)), nil }

type pieceKind uint8

const (
	pieceText  pieceKind = iota
	piecePrint           // <%= path %>
	pieceFor             // <% for name in path %>
	pieceIf              // <% if path %>
	pieceOther           // <% else %>, <% endif %>, <% endfor %>
	pieceNote            // <%# ... %>
)

// piece is a part of a template.
type piece struct {
	kind pieceKind
	line int
	text string // itself; of a tag, what stands between its delimiters
	name string // what a loop calls an element
	path string // such as v.Steps
}

// tagForm is what may stand in a tag. Fields begin with a capital, so that no keyword of pongo2 can be one.
var tagForm = regexp.MustCompile(strings.NewReplacer("NAME", `[a-z][a-z0-9]*`, "PATH", `[a-z][a-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)*`).
	Replace(`^(?:=\s*(PATH)|\s*for (NAME) in (PATH)|\s*if (PATH)|\s*(else|endif|endfor))\s*$`))

// parseTemplate splits a template into its pieces. Of a line that vanishes only the tags stay.
func parseTemplate(name, src string) ([]piece, error) {
	if strings.Contains(src, "\x01") {
		return nil, fmt.Errorf("%s: holds the byte 0x01, which ends a template in pongo2", name)
	}
	var out []piece
	for i, line := range strings.SplitAfter(strings.ReplaceAll(src, "\r\n", "\n"), "\n") {
		pieces, err := parseTemplateLine(i+1, line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		if vanishes(pieces) {
			pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.kind == pieceText })
		}
		out = append(out, pieces...)
	}
	return out, nil
}

// vanishes reports whether a line holds tags that print nothing, and blanks.
func vanishes(line []piece) bool {
	tags := 0
	for _, p := range line {
		switch {
		case p.kind == piecePrint, p.kind == pieceText && strings.Trim(p.text, " \t\n") != "":
			return false
		case p.kind != pieceText:
			tags++
		}
	}
	return tags > 0
}

// parseTemplateLine splits one line. A tag cannot span lines, and <% without its end is text.
func parseTemplateLine(number int, line string) ([]piece, error) {
	var out []piece
	for line != "" {
		start := strings.Index(line, "<%")
		length := -1
		if start >= 0 {
			length = strings.Index(line[start+2:], "%>")
		}
		if length < 0 {
			return append(out, piece{kind: pieceText, line: number, text: line}), nil
		}
		if start > 0 {
			out = append(out, piece{kind: pieceText, line: number, text: line[:start]})
		}
		p := piece{line: number, text: line[start+2 : start+2+length]}
		line = line[start+2+length+2:]
		m := tagForm.FindStringSubmatch(p.text)
		switch {
		case strings.HasPrefix(p.text, "#"):
			p.kind = pieceNote
		case m == nil:
			return nil, fmt.Errorf("<%%%s%%> is none of the tags that templates/README.md lists", p.text)
		case m[1] != "":
			p.kind, p.path = piecePrint, m[1]
		case m[2] != "":
			p.kind, p.name, p.path = pieceFor, m[2], m[3]
		case m[4] != "":
			p.kind, p.path = pieceIf, m[4]
		default:
			p.kind = pieceOther
		}
		out = append(out, p)
	}
	return out, nil
}

// openers keeps what opens a tag of pongo2 literal.
var openers = strings.NewReplacer("{{", `{{ "{{" }}`, "{%", `{{ "{%" }}`, "{#", `{{ "{#" }}`)

// translate writes the pieces for pongo2; starts is by line of the template, the offset where what it became begins.
func translate(pieces []piece) (text string, starts []int) {
	var b strings.Builder
	for i, p := range pieces {
		for len(starts) < p.line {
			starts = append(starts, b.Len())
		}
		switch p.kind {
		case pieceText:
			text := openers.Replace(p.text)
			// A brace before a tag must not join its delimiter.
			if head, ok := strings.CutSuffix(text, "{"); ok && i+1 < len(pieces) {
				text = head + `{{ "{" }}`
			}
			b.WriteString(text)
		case piecePrint:
			b.WriteString("{{ " + p.path + " }}")
		case pieceFor, pieceIf, pieceOther:
			b.WriteString("{% " + strings.TrimSpace(p.text) + " %}")
		}
	}
	return b.String(), starts
}
