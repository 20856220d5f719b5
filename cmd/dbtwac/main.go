// Command dbtwac compiles a dbt project's manifest.json and a dbtwac.yml into deployment artifacts: `dbtwac --help`.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	// Most of the heap is one manifest, which costs the collector nothing to look at: so it may run often, and the process
	// stays near the size of the file.
	debug.SetGCPercent(15)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
