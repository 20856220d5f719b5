package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Mirror is a layer of models that copy source tables.
type Mirror struct {
	Name        Text // the key: part of file names
	Sources     Text // dbt selection syntax
	Exclude     Text // dbt selection syntax, or empty
	Environment Text // name of the environment that refreshes the copies
	Database    Text // unquoted identifier; empty: the environment's
	Schema      Text // unquoted identifier
	Path        Text // folder of the models; empty: one with the mirror's name below the project's models
	Pattern     Text // name of a model, with <source> and <table>
	Tags        []Text
	Table       MirrorTable   // what holds for each table
	Overrides   []MirrorTable // what is different about some; an empty field says nothing
}

// MirrorTable says how a table is copied.
type MirrorTable struct {
	Table        Text   // of an override: <source>.<table>
	Name         Text   // of the model, or empty
	Materialized Text   // table, incremental, or empty
	Columns      Text   // all, declared, or empty
	LoadedAt     Text   // SQL expression, or empty
	UniqueKey    []Text // columns
	Partition    Partition
	Cluster      []Text // columns
}

// Partition is how a table is partitioned. Without a Field it is not.
type Partition struct {
	Field       Text
	DataType    string
	Granularity string
	Range       []string // of an int64: start, end and interval, as whole numbers
}

func (r *reader) mirror(c *Config, name Text, node *yaml.Node) Mirror {
	path := "mirrors." + name.Value
	m := Mirror{
		Name: name, Sources: r.words(node, "sources"), Exclude: r.words(node, "exclude"),
		Environment: r.text(node, "environment", ""), Database: r.text(node, "database", ""), Schema: r.text(node, "schema", name.Value),
		Pattern: r.text(node, "name", name.Value+"_<source>__<table>"), Tags: r.texts(node, "tags"),
		Table: MirrorTable{Materialized: r.text(node, "materialized", "table"), Columns: r.text(node, "columns", "all")},
	}
	r.environment(c, m.Environment, path+".environment")
	if lookup(node, "path") != nil {
		m.Path = r.folderAt(node, "path", path+".path", "")
	}
	for _, part := range []string{"<source>", "<table>"} {
		if !strings.Contains(m.Pattern.Value, part) {
			r.add(WrongValue, m.Pattern.Span, fmt.Sprintf("%s.name is %q, which does not hold %s", path, m.Pattern.Value, part), "write it like raw_<source>__<table>, so that two tables do not get one name")
		}
	}
	r.each(node, "overrides", func(table Text, value *yaml.Node) {
		m.Overrides = append(m.Overrides, r.mirrorTable(table, value, path+".overrides."+table.Value))
	})
	return m
}

func (r *reader) mirrorTable(table Text, node *yaml.Node, path string) MirrorTable {
	t := MirrorTable{
		Table: table, Name: r.text(node, "name", ""), Materialized: r.text(node, "materialized", ""), Columns: r.text(node, "columns", ""),
		LoadedAt: r.text(node, "loaded_at_field", ""), UniqueKey: r.texts(node, "unique_key"), Cluster: r.texts(node, "cluster_by"),
	}
	partition := lookup(node, "partition_by")
	if partition == nil {
		return t
	}
	t.Partition = Partition{Field: r.text(partition, "field", ""), DataType: r.text(partition, "data_type", "date").Value, Granularity: r.text(partition, "granularity", "day").Value}
	bounds := lookup(partition, "range")
	if (bounds != nil) != (t.Partition.DataType == "int64") {
		r.add(WrongValue, t.Partition.Field.Span, path+".partition_by: a range and data_type: int64 go together", "say both, or neither")
	}
	if bounds != nil {
		for _, key := range []string{"start", "end", "interval"} {
			t.Partition.Range = append(t.Partition.Range, r.text(bounds, key, "").Value)
		}
	}
	return t
}
