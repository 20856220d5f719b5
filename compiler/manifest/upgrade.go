package manifest

import "strings"

// upgrade gives n what dbt gives a node when it reads an older manifest (upgrade_manifest.py and the defaults of its classes).
func (p *parser) upgrade(n *Node) {
	if n.Kind == Model && n.Access == "" {
		n.Access = "protected" // since version 9
	}
	if n.Language == "" && p.m.Metadata.Schema < 7 && hasCode(n.Kind) {
		n.Language = "sql" // the only one before version 7
	}
	// Written on Windows, paths have backslashes; everything here compares them with forward ones.
	if strings.IndexByte(n.OriginalFilePath, '\\') >= 0 {
		n.OriginalFilePath = strings.ReplaceAll(n.OriginalFilePath, `\`, "/")
	}
}

func hasCode(k Kind) bool {
	switch k {
	case Model, Snapshot, Test, Analysis, Operation, SQLOperation:
		return true
	}
	return false
}
