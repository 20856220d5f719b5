package diag

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Doc is the document of one code: what `dbtwac explain` prints.
type Doc struct {
	Code  Code
	Title string // what it finds, in half a sentence
	Text  string // Markdown: what it finds, why it matters, an example, what to do instead
}

// Docs reads the documents DW*.md at the top of fsys, in the order of their codes. Each begins with the line "# DW101: title".
// It panics on a file that does not: the documents are part of the program.
func Docs(fsys fs.FS) []Doc {
	names, err := fs.Glob(fsys, "DW*.md") // Glob answers sorted
	if err != nil {
		panic(err)
	}
	var docs []Doc
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			panic(err)
		}
		head, rest, _ := strings.Cut(string(text), "\n")
		code, title, ok := strings.Cut(strings.TrimPrefix(head, "# "), ": ")
		if !ok || code+".md" != name {
			panic(fmt.Sprintf("%s: the first line must be %q", name, "# "+strings.TrimSuffix(name, ".md")+": what it finds"))
		}
		docs = append(docs, Doc{Code(code), title, strings.TrimSpace(rest) + "\n"})
	}
	return docs
}

// SortDocs sorts documents by code. It panics when two have one code.
func SortDocs(docs []Doc) []Doc {
	docs = slices.SortedFunc(slices.Values(docs), func(a, b Doc) int { return cmp.Compare(a.Code, b.Code) })
	for i := 1; i < len(docs); i++ {
		if docs[i].Code == docs[i-1].Code {
			panic("diag: two documents for " + string(docs[i].Code))
		}
	}
	return docs
}
