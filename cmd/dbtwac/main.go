// Command dbtwac compiles a dbt project's manifest.json and a dbtwac.yml into deployment artifacts: `dbtwac --help`.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	// The collector runs rarely at first, for most of the heap is one manifest, and more often as the process comes near to a
	// quarter more than the manifest and 64 MB, of which the program itself takes a few.
	debug.SetGCPercent(60)
	manifestRead = func(size int) { debug.SetMemoryLimit(int64(size)*5/4 + 56<<20) }
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// manifestRead is told how large the manifest is. It is about the whole process, so only the process itself sets it.
var manifestRead = func(int) {}
