package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// The exit codes. kong's own for wrong usage is 80.
const (
	exitFine       = 0
	exitIO         = 1  // could not read or write
	exitDiagnosed  = 2  // diagnostics of severity error
	exitDifference = 3  // --check found a difference
	exitUsage      = 80 // a flag or an argument is wrong
)

// cli is the whole grammar.
type cli struct {
	Dir      string `short:"C" name:"directory" placeholder:"DIR" default:"." help:"Work as if started in DIR."`
	Config   string `placeholder:"FILE" default:"dbtwac.yml" help:"The configuration (${default})."`
	Manifest string `placeholder:"FILE" help:"The manifest, in place of the configured one."`
	Color    string `enum:"auto,always,never" default:"auto" help:"Color on the terminal: ${enum}."`
	Quiet    bool   `short:"q" help:"Print no warnings, no notes and no progress."`
	Verbose  bool   `short:"v" help:"Print every file, also those that did not change."`

	Init    initCmd    `cmd:"" help:"Propose a dbtwac.yml from the manifest."`
	Compile compileCmd `cmd:"" help:"Write the artifacts."`
	Lint    lintCmd    `cmd:"" help:"Report diagnostics and write nothing."`
	Plan    planCmd    `cmd:"" help:"Print what a deployment does."`
	Ls      lsCmd      `cmd:"" help:"List nodes by dbt's selection syntax, offline."`
	Gate    gateCmd    `cmd:"" help:"Does this build allow this publish?"`
	Diff    diffCmd    `cmd:"" help:"What does publishing this manifest in place of an older one change in production?"`
	Jobs    jobsCmd    `cmd:"" help:"Look at the jobs that people wrote."`
	Mirror  mirrorCmd  `cmd:"" help:"Print the patch that switches the readers of mirrored sources to their copies."`
	Explain explainCmd `cmd:"" help:"Explain a diagnostic, or list them all."`
	Schema  schemaCmd  `cmd:"" help:"Print the JSON schema of dbtwac.yml."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// env is what a command may touch of the world outside.
type env struct {
	cli            *cli
	stdout, stderr io.Writer
}

// exit ends a command with a code; what is wrong was printed already.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// run is main without the process: the tests call it.
func run(args []string, stdout, stderr io.Writer) (code int) {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("dbtwac"),
		kong.Description("Compiles a dbt manifest into reviewable deployment artifacts."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }), // --help ends here
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the grammar is a constant
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exit:
			code = int(r)
		default:
			panic(r) // a defect, which must not end as if all were well
		}
	}()
	ctx, err := parser.Parse(spread(args))
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "dbtwac: %v\nrun 'dbtwac --help'\n", err)
		return exitUsage
	}
	err = ctx.Run(&env{&c, stdout, stderr})
	var ended exit
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &ended):
		return int(ended)
	}
	_, _ = fmt.Fprintf(stderr, "dbtwac: %v\n", err)
	return exitIO
}

// color reports whether w shows color.
func (e *env) color(w io.Writer) bool {
	if e.cli.Color != "auto" {
		return e.cli.Color == "always"
	}
	return os.Getenv("NO_COLOR") == "" && terminal(w)
}

// terminal reports whether w is one.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
