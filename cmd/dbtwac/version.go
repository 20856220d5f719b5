package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// version is set by the linker for a release: -ldflags "-X main.version=v1.2.3".
var version = ""

func (versionCmd) Run(e *env) error {
	shown, commit, goVersion := version, "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
		if shown == "" {
			shown = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	if shown == "" {
		shown = "(devel)"
	}
	_, err := fmt.Fprintf(e.stdout, "dbtwac %s, commit %s, %s\n", shown, commit, goVersion)
	return err
}
