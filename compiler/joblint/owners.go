package joblint

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
)

// owners warns that a sync deletes what its files do not have (DW408), once an account.
func (c *checker) owners() {
	if c.Config.Jobs.OwnsAll {
		return
	}
	type account struct {
		first *Job
		files []string
	}
	var accounts []account
	for i := range c.jobs {
		j := &c.jobs[i]
		if !j.AsCode {
			continue
		}
		at := slices.IndexFunc(accounts, func(a account) bool { return a.first.Account == j.Account })
		if at < 0 {
			accounts, at = append(accounts, account{first: j}), len(accounts)
		}
		if !slices.Contains(accounts[at].files, j.File.Name) {
			accounts[at].files = append(accounts[at].files, j.File.Name)
		}
	}
	for _, a := range accounts {
		message := "dbt-jobs-as-code sync deletes every job with an [[identifier]] that is not in the file that it is given"
		hint := "sync with -p and -e, which limit it to projects and environments, or with a glob over all files; say jobs.owns_all: true in dbtwac.yml if no other file defines jobs"
		if len(a.files) > 1 {
			message = "dbt-jobs-as-code sync deletes every job with an [[identifier]] that is not in what it is given, so each of these files deletes the jobs of the others: " + diag.Shorten(a.files, ", ")
			hint = "sync them together, by one glob; say jobs.owns_all: true in dbtwac.yml if that is so and no other file defines jobs"
		}
		if slices.Contains(c.Config.Jobs.Formats, config.FormatJobsAsCode) {
			message += "; the file that dbtwac compile writes is another one"
		}
		c.report(OwnsOthers, diag.Warning, a.first.At, message, hint)
	}
}
