package plan

import "slices"

// Mirror is a layer of models that copy source tables 1:1.
type Mirror struct {
	Name        string      `json:"name"`
	Environment Environment `json:"environment"`         // whose target refreshes it
	Place       Schema      `json:"place"`               // where all copies are, under every target
	Folder      string      `json:"folder"`              // of the models, relative to the project
	Properties  string      `json:"properties"`          // file of their properties
	Freshness   string      `json:"freshness,omitempty"` // name of the generic test that restates freshness, where one is needed
	Tags        []string    `json:"tags"`
	Models      []Copied    `json:"models"` // by name
	Untold      []Untold    `json:"untold"` // what the sources' properties say and the copies' do not
	Syntax      TestSyntax  `json:"test_syntax"`
	Select      string      `json:"select"`       // dbt selection syntax: exactly the models
	Threads     int         `json:"threads"`      // of its steps; 0: what the profile says
	Refresh     Step        `json:"refresh"`      // copies and tests the copies
	FullRefresh Step        `json:"full_refresh"` // likewise, and makes incremental copies anew
	Check       Step        `json:"check"`        // tests the copies as they are
}

// Copied is a model that copies a source table.
type Copied struct {
	Node         string       `json:"node"` // unique id of the model
	Name         string       `json:"name"`
	File         string       `json:"file"`      // relative to the project
	Source       string       `json:"source"`    // unique id of the source
	Arguments    [2]string    `json:"arguments"` // what source() calls it: source and table
	Relation     Name         `json:"relation"`  // of the copy
	Description  string       `json:"description"`
	Materialized string       `json:"materialized"` // table or incremental
	Incremental  *Incremental `json:"incremental,omitempty"`
	Partition    *Partition   `json:"partition,omitempty"`
	Cluster      []string     `json:"cluster,omitempty"` // columns
	Columns      []Column     `json:"columns"`           // those that the source's properties list
	Declared     bool         `json:"declared"`          // only those are copied
	Tests        []Test       `json:"tests"`             // of the table; those of a column are with it
}

// Incremental says which rows a refresh copies.
type Incremental struct {
	LoadedAt  string   `json:"loaded_at"`  // SQL expression: rows that are not older than the latest of the copy are copied
	UniqueKey []string `json:"unique_key"` // columns, or LoadedAt alone: what a refresh replaces
	Strategy  string   `json:"strategy"`   // dbt's incremental_strategy
}

// Partition is how a copy is partitioned.
type Partition struct {
	Field       string   `json:"field"`
	DataType    string   `json:"data_type"`
	Granularity string   `json:"granularity"`
	Range       []string `json:"range,omitempty"` // start, end and interval
}

// Column is a column of a copy, as the source's properties describe it.
type Column struct {
	Name        string `json:"name"` // unquoted identifier
	SQL         string `json:"sql"`  // as it stands in a select; empty where all columns are copied
	Description string `json:"description"`
	DataType    string `json:"data_type"`
	Quote       bool   `json:"quote"`
	Tests       []Test `json:"tests"`
}

// Test is a generic data test of a copy.
type Test struct {
	Node        string     `json:"node"`            // unique id
	From        string     `json:"from"`            // unique id of the source's test, or of the source whose freshness it restates
	Name        string     `json:"name"`            // such as unique, or dbt_utils.recency
	Label       string     `json:"label,omitempty"` // a name of its own, or empty
	Description string     `json:"description,omitempty"`
	Column      string     `json:"column,omitempty"` // of a test of a column: what dbt hands to its macro, quoted where the properties say so
	Reads       []string   `json:"reads,omitempty"`  // unique ids: what else it reads
	Arguments   []Argument `json:"arguments,omitempty"`
	Config      []Argument `json:"config,omitempty"`
}

// Argument is a key with its value as JSON.
type Argument struct {
	Key  string `json:"key"`
	JSON string `json:"json"`
}

// Untold is something of a source that its copy does not have, with the reason.
type Untold struct {
	Source string `json:"source"` // unique id
	What   string `json:"what"`   // such as the unique id of a test
	Why    string `json:"why"`    // half a sentence
}

// TestSyntax is how dbt's version writes generic tests in properties.
type TestSyntax struct {
	Key       string `json:"key"`       // data_tests, or tests before dbt 1.8
	Arguments bool   `json:"arguments"` // below `arguments`, as since dbt 1.10.5
}

// AllTests returns the tests of the table and of its columns, in the order in which they stand.
func (c *Copied) AllTests() []Test {
	tests := slices.Clone(c.Tests)
	for _, column := range c.Columns {
		tests = append(tests, column.Tests...)
	}
	return tests
}
