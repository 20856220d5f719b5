package selection

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/results"
)

// sameContract compares the contracts of two models. A change that breaks those who read the model is reported: dbt stops at
// one of a versioned model, and warns otherwise. Other kinds have no contract.
func (c *comparison) sameContract(before, n *manifest.Node) bool {
	if n.Kind != manifest.Model {
		return true
	}
	was, is := enforced(before), enforced(n)
	switch {
	case !was:
		return !is
	case is && alike(n.Raw.Get("contract").Get("checksum"), before.Raw.Get("contract").Get("checksum")):
		return true
	}
	if broken := breaks(before, n, c.project.Manifest.Metadata.AdapterType); len(broken) > 0 {
		c.breaking(n, broken)
	}
	return false
}

func enforced(n *manifest.Node) bool {
	b, _ := n.Raw.Get("contract").Get("enforced").Bool()
	return b
}

func (c *comparison) breaking(n *manifest.Node, broken []string) {
	d := diag.Diagnostic{
		Code: Syntax, Severity: diag.Warning, Span: c.at,
		Message: "the contract of " + n.ID + " (" + n.OriginalFilePath + ") is broken: " + strings.Join(broken, "; "),
		Hint:    "make an additive change, or a new version of the model",
	}
	if n.Versioned() {
		d.Severity = diag.Error
	}
	c.diags.Add(d)
}

// removedContracts reports models that had a contract and are gone. dbt asks this whenever it compares contracts.
func (c *comparison) removedContracts() {
	for _, before := range c.before.Nodes {
		if before.Kind != manifest.Model {
			continue
		}
		if _, ok := c.project.Index(before.ID); ok {
			continue
		}
		gone, how := before.Raw, "was deleted or renamed"
		if list := c.project.Manifest.Disabled[before.ID]; list.Kind() == jsondoc.Array {
			it := list.Items()
			it.Next()
			gone, how = it.Value(), "was disabled" // and its contract is what it says now
		}
		if b, _ := gone.Get("contract").Get("enforced").Bool(); b && !c.past(gone.Get("deprecation_date").Text()) {
			c.breaking(before, []string{"it " + how})
		}
	}
}

func (c *comparison) past(date string) bool {
	m, ok := results.ParseMoment(date)
	return ok && m.Before(c.state.Now)
}

// breaks lists what makes a changed contract a breaking one.
func breaks(before, n *manifest.Node, adapter string) []string {
	var broken []string
	if !enforced(n) {
		broken = append(broken, "it is no longer enforced")
	}
	old, now := before.Raw.Get("columns"), n.Raw.Get("columns")
	constrained := false
	for it := old.Entries(); it.Next(); {
		column, is := it.Value(), now.Get(it.Key())
		constraints := column.Get("constraints")
		constrained = constrained || truthy(constraints)
		if !has(now, it.Key()) {
			broken = append(broken, "column "+it.Key()+" is gone")
			continue
		}
		if a, b := column.Get("data_type").Text(), is.Get("data_type").Text(); a != b && baseType(a) != baseType(b) {
			broken = append(broken, "column "+it.Key()+" changed from "+a+" to "+b)
		}
		if enforcesConstraints(before) {
			for _, kind := range lost(constraints, is.Get("constraints"), adapter) {
				broken = append(broken, "column "+it.Key()+" lost its constraint "+kind)
			}
		}
	}
	if enforcesConstraints(before) {
		for _, kind := range lost(before.Raw.Get("constraints"), n.Raw.Get("constraints"), adapter) {
			broken = append(broken, "the constraint "+kind+" is gone")
		}
		if !enforcesConstraints(n) && (constrained || truthy(before.Raw.Get("constraints"))) {
			broken = append(broken, "it was "+before.Config.Materialized+" and is "+n.Config.Materialized+", which enforces no constraint")
		}
	}
	return broken
}

func enforcesConstraints(n *manifest.Node) bool {
	return n.Config.Materialized == "table" || n.Config.Materialized == "incremental"
}

// baseType is a type without its size, precision and scale, in lower case.
func baseType(t string) string {
	base, _, _ := strings.Cut(t, "(")
	return strings.ToLower(strings.TrimFunc(base, space))
}

// lost lists the kinds of constraints that stood in a list, stand there no more, and are enforced by the warehouse.
func lost(before, now jsondoc.Value, adapter string) []string {
	var kinds []string
	for it := before.Items(); it.Next(); {
		kept := false
		for other := now.Items(); other.Next(); {
			kept = kept || alike(it.Value(), other.Value())
		}
		if kind := it.Value().Get("type").Text(); !kept && slices.Contains(constraintsOf(adapter), kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// constraintsOf names the constraints that an adapter enforces (CONSTRAINT_SUPPORT of each adapter).
func constraintsOf(adapter string) []string {
	switch adapter {
	case "postgres", "duckdb":
		return []string{"check", "not_null", "unique", "primary_key", "foreign_key"}
	case "databricks":
		return []string{"check", "not_null"}
	case "snowflake", "bigquery", "redshift", "trino":
		return []string{"not_null"}
	case "spark":
		return nil
	}
	return []string{"not_null", "foreign_key"} // what dbt assumes of an adapter that says nothing
}
