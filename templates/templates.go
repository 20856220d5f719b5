// Package templates holds the templates of the generated files, which look like what they produce. README.md states their
// dialect; package emit executes them, and its tests resolve every path in them against the view that it is given.
package templates

import "embed"

// FS holds the templates by file name. README.md among them is none.
//
//go:embed *.sql *.md *.sh *.yml
var FS embed.FS
