// Package differential asks real dbt and compiler/selection the same random questions and compares the answers: the unique ids,
// the criteria of which dbt warns that they match nothing, and whether there is an answer at all. It holds tests only.
//
// The project is golden/projects/bazaar, which is written to be selected from, and never built. The questions are drawn from what
// its manifest holds, with a seed: the same seed asks the same questions. dbt answers with its own command line, tasks and
// selectors (the op select of golden/python/driver.py).
//
// It asks dbt's Jinja and compiler/jinja about random macros too (the op render): ours may refuse one, and never answers otherwise.
//
// It has dbt's Jinja parse random templates before and after compiler/switching has changed them (the op switch).
//
// It does not compare messages, nor state:, result: and source_status: with an earlier run (compiler/selection does, with recorded
// answers), nor what dbt ls prints (golden/e2e).
package differential
