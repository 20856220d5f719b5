package output

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dbtwac/dbtwac/compiler/diag"
)

// badPath says why no file may be written to a path, or nothing.
func badPath(p string) string {
	switch {
	case strings.IndexFunc(p, unprintable) >= 0:
		return "holds a control or invisible character"
	case strings.Contains(p, `\`) || len(p) > 1 && p[1] == ':':
		return "is a path on Windows only"
	case p == "" || p == "." || !fs.ValidPath(p):
		return "leaves the project, or is not in its shortest form"
	case strings.HasPrefix(path.Base(p), tempPrefix):
		return "is a name that dbtwac uses for its temporary files"
	}
	return ""
}

func unprintable(r rune) bool {
	return r == unicode.ReplacementChar || r != ' ' && !unicode.IsPrint(r)
}

// checkPaths reports paths that no file may have, and files that would stand in each other's way on some file system.
func (t Target) checkPaths(paths []string) diag.List {
	var diags diag.List
	bad := func(p, message string) {
		diags.Add(diag.Diagnostic{
			Code: BadPath, Severity: diag.Error, Path: p, Message: message,
			Hint: "give it another name or folder in dbtwac.yml",
		})
	}
	paths = slices.Sorted(slices.Values(paths))
	folders := map[string]string{} // by folded path, one of the files below it
	for _, p := range paths {
		if why := badPath(p[len("../")*climbs(p):]); why != "" {
			bad(p, "output path "+strconv.Quote(p)+" "+why)
		} else if why := "leaves the project"; t.outside(p) {
			bad(p, "output path "+strconv.Quote(p)+" "+why)
		}
		for dir := path.Dir(fold(p)); dir != "." && dir != "/" && folders[dir] == ""; dir = path.Dir(dir) {
			folders[dir] = p
		}
	}
	seen := map[string]string{}
	for _, p := range paths {
		switch other, twice := seen[fold(p)]; {
		case twice && other == p:
			bad(p, "two outputs on one path: "+strconv.Quote(p))
		case twice:
			bad(p, strconv.Quote(p)+" and "+strconv.Quote(other)+" are one file where case does not count")
		case folders[fold(p)] != "":
			bad(p, strconv.Quote(p)+" would have to be a file and the folder of "+strconv.Quote(folders[fold(p)]))
		}
		seen[fold(p)] = p
	}
	return diags
}

// checkListed reports files that an earlier compile has written where this one may not, because output.root was another.
func (t Target) checkListed(old Sum) diag.List {
	var diags diag.List
	for _, p := range old.Paths() {
		if t.outside(p) {
			diags.Add(diag.Diagnostic{
				Code: BadSum, Severity: diag.Error, Path: p, Message: "the sum lists " + p + ", which is outside of what output.root says now",
				Hint: "set output.root as it was and compile without that file; or delete the file, and its line of the sum",
			})
		}
	}
	return diags
}

// fold makes paths equal that are one file on a file system that ignores case. Upper case first: "ſ" and "s" are one.
func fold(p string) string { return strings.ToLower(strings.ToUpper(p)) }
