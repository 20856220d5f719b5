// Package jobfiles reads what jobs are printed as, each file with the parser of its own format, for the tests of several packages.
//
// Its readers are stricter than the tools that the files are for: those ignore a key that they do not know. What a reader returns
// without an error has every field that its tool demands, no other than the tool documents, and no text that the tool would
// take for something else.
package jobfiles

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Job is what a file says of a job on dbt's platform.
type Job struct {
	Name        string // by which the files of a format refer to it
	Description string
	Steps       [][]string // words behind dbt's name
	Target      string
	Environment int
	After       string // name of the job whose success starts it
	Schedule    string
	Timeout     int
	Threads     int
}

// Words are those of a line that is one simple command, and that a POSIX shell, bash and Python's shlex all read alike.
func Words(line string) ([]string, error) {
	file, err := parse(line)
	if err != nil {
		return nil, err
	}
	if len(file.Stmts) != 1 || len(file.Last) > 0 {
		return nil, fmt.Errorf("%q is %d commands", line, len(file.Stmts))
	}
	return wordsOf(file.Stmts[0])
}

// carriage stands for a carriage return, which the parser would leave out, and no shell does.
const carriage = "\ue00d"

func parse(text string) (*syntax.File, error) {
	text = strings.ReplaceAll(text, "\r", carriage)
	return syntax.NewParser(syntax.Variant(syntax.LangPOSIX), syntax.KeepComments(true)).Parse(strings.NewReader(text), "")
}

func wordsOf(s *syntax.Stmt) (words []string, err error) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || s.Negated || s.Background || len(s.Redirs)+len(s.Comments)+len(call.Assigns) > 0 {
		return nil, errors.New("more than a command and its words")
	}
	for _, w := range call.Args {
		var text strings.Builder
		for _, part := range w.Parts {
			switch p := part.(type) {
			case *syntax.Lit:
				if p.Value != `\'` && !plain.MatchString(p.Value) {
					return nil, fmt.Errorf("%q without quotes", p.Value)
				}
				text.WriteString(strings.TrimPrefix(p.Value, `\`))
			case *syntax.SglQuoted:
				if p.Dollar {
					return nil, fmt.Errorf("%q in quotes that only some shells know", p.Value)
				}
				text.WriteString(p.Value)
			default:
				return nil, fmt.Errorf("something that is expanded: %T", part)
			}
		}
		words = append(words, strings.ReplaceAll(text.String(), carriage, "\r"))
	}
	return words, nil
}

// plain is text that means itself without quotes.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:,@%+-]+$`)

// steps are the words of commands that begin with dbt's name, which they leave out.
func steps(lines []string) ([][]string, error) {
	var list [][]string
	var errs []error
	for _, line := range lines {
		words, err := Words(line)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%q: %w", line, err))
		case !PlatformStep(line):
			errs = append(errs, fmt.Errorf("dbt's platform refuses the step %q", line))
		default:
			list = append(list, words[1:])
		}
	}
	if len(lines) == 0 {
		errs = append(errs, errors.New("a job without a step"))
	}
	return list, errors.Join(errs...)
}

// platformStep is the expression by which the provider dbt-labs/dbtcloud, in its own words as the platform does, knows a step.
var (
	platformStep  = regexp.MustCompile(`^\s*dbt\s+((--warn-error|--use-experimental-parser|--no-partial-parse|--fail-fast)\s+)*(run|test|archive|snapshot|seed|source|compile|ls|list|docs\s+generate|parse|build|clone|debug|retry|compare|sl)\s*.*$`)
	platformFlags = []string{"--warn-error ", "--use-experimental-parser ", "--no-partial-parse ", "--fail-fast "}
)

// PlatformStep reports whether dbt's platform takes a line for a step.
func PlatformStep(line string) bool {
	line = strings.ReplaceAll(line, "\n", " ")
	return platformStep.MatchString(line) && !slices.ContainsFunc(platformFlags, func(flag string) bool { return strings.Count(line, flag) > 1 })
}
