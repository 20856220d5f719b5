// Package diff compares two Plans of one dbtwac.yml: what does publishing the newer manifest in place of the older one change in
// production?
//
// It compares what is published, by name, type, declared columns and code, and says whom a change reaches. Rows it does not know.
package diff

import (
	"cmp"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Side is one of the two manifests: the Project and the Plan that it is compiled to.
type Side struct {
	Project *project.Project
	Plan    plan.Plan
}

// Diff is what changes, a deployment each. Its JSON form is what `dbtwac diff --format json` prints.
type Diff struct {
	Version     int          `json:"version"` // of this JSON form
	Warehouse   string       `json:"warehouse"`
	Deployments []Deployment `json:"deployments"` // in the order of dbtwac.yml
}

// Deployment is what changes in what a deployment publishes.
type Deployment struct {
	Name    string   `json:"name"`
	Changes []Change `json:"changes"` // by kind, then by node
	Same    int      `json:"same"`    // relations that nothing changes about, nor about what they are built from
}

// Kind is what becomes of a relation.
type Kind string

// The kinds, in the order in which they are shown.
const (
	New             Kind = "new"             // production has not had it from this deployment
	Orphan          Kind = "orphan"          // the project has it no more; production keeps it, and nothing refreshes it
	Withdrawn       Kind = "withdrawn"       // the project has it still, and the deployment publishes it no more
	Renamed         Kind = "renamed"         // another node takes its place: of the same file, or under the same name
	Taken           Kind = "taken"           // it is not published by this node, or this deployment, any more, and by another under the same name
	Moved           Kind = "moved"           // the same node under another name; what was there stays
	Materialization Kind = "materialization" // it becomes something else
	Columns         Kind = "columns"         // that its properties declare
	Contract        Kind = "contract"        // dbt begins, or ceases, to hold it to its declared columns
	Config          Kind = "config"          // its config, where that decides about rows or storage
	Code            Kind = "code"            // its file says something else
	Upstream        Kind = "upstream"        // it is what it was, and something that it is built from is not
)

var order = []Kind{New, Orphan, Withdrawn, Renamed, Taken, Moved, Materialization, Columns, Contract, Config, Code, Upstream}

// Change is one difference.
type Change struct {
	Kind    Kind      `json:"kind"`
	Node    string    `json:"node"`              // unique id, of the newer side where it is there
	Was     string    `json:"was,omitempty"`     // of a renamed one: the older side's unique id
	Name    plan.Name `json:"name"`              // in production, on the newer side where it is there
	Left    *Left     `json:"left,omitempty"`    // what stays in production and nothing refreshes
	By      string    `json:"by,omitempty"`      // of what is taken: the unique id of who publishes the name now
	Because []string  `json:"because,omitempty"` // keys of the config, or unique ids upstream
	From    string    `json:"from,omitempty"`    // of a materialization or a contract
	To      string    `json:"to,omitempty"`      // likewise
	Columns []Column  `json:"columns,omitempty"` // by name
	Reaches []Reached `json:"reaches,omitempty"` // exposures below it, by unique id
}

// Left is a relation that stays behind.
type Left struct {
	Name plan.Name `json:"name"`
	Type plan.Type `json:"type"`
}

// Column is a declared column that changes. An empty type was not declared; of a column that is new, or gone, From or To is nil.
type Column struct {
	Name string  `json:"name"`
	From *string `json:"from"` // data type
	To   *string `json:"to"`
}

// Reached is an exposure with its owner.
type Reached struct {
	Node  string `json:"node"`            // unique id
	Owner string `json:"owner,omitempty"` // name and address, as its properties have them
}

// Compare compares two sides that were compiled from one dbtwac.yml. fold is how the warehouse compares identifiers.
func Compare(before, after Side, fold func(string) string) Diff {
	d := Diff{Version: 1, Warehouse: after.Plan.Warehouse, Deployments: []Deployment{}}
	owners := map[plan.Name]string{}
	key := func(n plan.Name) plan.Name {
		return plan.Name{Database: fold(n.Database), Schema: fold(n.Schema), Identifier: fold(n.Identifier)}
	}
	for _, deployment := range after.Plan.Deployments {
		for _, r := range deployment.Scope {
			owners[key(r.Publish)] = r.Node
		}
	}
	owner := func(n plan.Name) string { return owners[key(n)] }
	for i := range after.Plan.Deployments {
		c := comparison{before: before, after: after, now: &after.Plan.Deployments[i], owner: owner}
		if then := before.Plan.Deployment(c.now.Name); then != nil {
			c.then = then.Scope
		}
		d.Deployments = append(d.Deployments, c.compare())
	}
	return d
}

type comparison struct {
	before, after Side
	then          []plan.Relation
	now           *plan.Deployment
	owner         func(plan.Name) string // the node that some deployment publishes under a name now, or ""
	changes       []Change
}

func (c *comparison) compare() Deployment {
	old := map[string][]plan.Relation{}
	for _, r := range c.then {
		old[r.Node] = append(old[r.Node], r)
	}
	fresh := map[string][]plan.Relation{}
	var nodes []string
	for _, r := range c.now.Scope {
		if fresh[r.Node] == nil {
			nodes = append(nodes, r.Node)
		}
		fresh[r.Node] = append(fresh[r.Node], r)
	}
	var gone []plan.Relation
	for _, r := range c.then {
		if fresh[r.Node] == nil {
			gone = append(gone, r)
		}
	}
	same := 0
	for _, id := range nodes {
		if old[id] == nil {
			for _, r := range fresh[id] {
				gone = c.appeared(r, gone)
			}
			continue
		}
		before := len(c.changes)
		c.kept(old[id], fresh[id])
		if len(c.changes) == before {
			same += len(fresh[id])
		}
	}
	for _, r := range gone {
		change := Change{Kind: Orphan, Node: r.Node, Name: r.Publish, Left: c.left(r), By: c.owner(r.Publish), Reaches: reached(c.before.Project, r.Node)}
		switch {
		case change.By != "":
			change.Kind = Taken
		case c.after.Project.Node(r.Node) != nil:
			change.Kind = Withdrawn
		}
		c.changes = append(c.changes, change)
	}
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(a.Node, b.Node), cmp.Compare(a.Name.Schema, b.Name.Schema))
	})
	return Deployment{Name: c.now.Name, Changes: c.changes, Same: same}
}

// appeared reports a relation of a node that was not published before, and takes the one whose place it takes out of those that are gone.
func (c *comparison) appeared(r plan.Relation, gone []plan.Relation) []plan.Relation {
	change := Change{Kind: New, Node: r.Node, Name: r.Publish, Reaches: reached(c.after.Project, r.Node)}
	i := slices.IndexFunc(gone, func(g plan.Relation) bool { return g.Publish == r.Publish })
	if i < 0 {
		i = slices.IndexFunc(gone, func(g plan.Relation) bool {
			was, is := c.before.Project.Node(g.Node), c.after.Project.Node(r.Node)
			return c.after.Project.Node(g.Node) == nil && was != nil && is != nil && was.Checksum != "" && was.Checksum == is.Checksum
		})
	}
	if i < 0 {
		c.changes = append(c.changes, change)
		return gone
	}
	change.Kind, change.Was = Renamed, gone[i].Node
	change.Left = c.left(gone[i])
	c.changes = append(c.changes, change)
	c.inside(gone[i], r)
	return slices.Delete(slices.Clone(gone), i, i+1)
}

// left is a relation that stays behind, or nil where something is published in its place: then nobody must drop it.
func (c *comparison) left(r plan.Relation) *Left {
	if c.owner(r.Publish) != "" {
		return nil
	}
	return &Left{r.Publish, r.Type}
}

// kept compares the relations of a node that was published before.
func (c *comparison) kept(old, fresh []plan.Relation) {
	has := func(list []plan.Relation, name plan.Name) bool {
		return slices.ContainsFunc(list, func(r plan.Relation) bool { return r.Publish == name })
	}
	var left, come []plan.Relation
	for _, r := range old {
		if !has(fresh, r.Publish) {
			left = append(left, r)
		}
	}
	for _, r := range fresh {
		if !has(old, r.Publish) {
			come = append(come, r)
		}
	}
	for i, r := range come {
		change := Change{Kind: Moved, Node: r.Node, Name: r.Publish, Reaches: reached(c.after.Project, r.Node)}
		if i < len(left) {
			change.Left = c.left(left[i])
		}
		c.changes = append(c.changes, change)
	}
	for _, r := range left[min(len(come), len(left)):] {
		kind, by := Withdrawn, c.owner(r.Publish)
		if by != "" {
			kind = Taken
		}
		c.changes = append(c.changes, Change{Kind: kind, Node: r.Node, Name: r.Publish, Left: c.left(r), By: by, Reaches: reached(c.after.Project, r.Node)})
	}
	c.inside(old[0], fresh[0])
}

// inside compares what two relations are, whatever they are called.
func (c *comparison) inside(old, fresh plan.Relation) {
	was, is := c.before.Project.Node(old.Node), c.after.Project.Node(fresh.Node)
	if was == nil || is == nil {
		return
	}
	change := Change{Node: fresh.Node, Name: fresh.Publish, Reaches: reached(c.after.Project, fresh.Node)}
	add := func(kind Kind, from, to string, columns []Column) {
		change := change
		change.Kind, change.From, change.To, change.Columns = kind, from, to, columns
		c.changes = append(c.changes, change)
	}
	if old.Materialized != fresh.Materialized {
		add(Materialization, old.Materialized, fresh.Materialized, nil)
	}
	if columns := columnsOf(was, is); len(columns) > 0 {
		add(Columns, "", "", columns)
	}
	if from, to := enforced(was), enforced(is); from != to {
		add(Contract, from, to, nil)
	}
	if keys := configOf(was, is); len(keys) > 0 {
		change.Because = keys
		add(Config, "", "", nil)
		change.Because = nil
	}
	switch upstream := c.upstream(fresh.Node); {
	case was.Checksum != is.Checksum:
		add(Code, "", "", nil)
	case len(upstream) > 0:
		change.Because = upstream
		add(Upstream, "", "", nil)
	}
}

// decides are the keys of a node's config that decide which rows it holds, or how they are kept.
var decides = []string{
	"batch_size", "begin", "check_cols", "cluster_by", "event_time", "full_refresh", "grants", "hard_deletes", "hours_to_expiration",
	"incremental_predicates", "incremental_strategy", "indexes", "invalidate_hard_deletes", "lookback", "on_schema_change", "partition_by",
	"require_partition_filter", "strategy", "transient", "unique_key", "updated_at",
}

// configOf are those of them that differ.
func configOf(was, is *manifest.Node) []string {
	var keys []string
	for _, key := range decides {
		if was.Config.Raw.Get(key).Raw() != is.Config.Raw.Get(key).Raw() {
			keys = append(keys, key)
		}
	}
	return keys
}

// upstream are what a node is built from, at any distance, that is new or whose file says something else, by unique id.
func (c *comparison) upstream(id string) []string {
	start, ok := c.after.Project.Index(id)
	if !ok {
		return nil
	}
	p := c.after.Project
	var list []string
	for _, i := range manifest.Reach(p.Graph.Parents, start) {
		is := p.Nodes[i]
		if was := c.before.Project.Node(is.ID); was == nil || was.Checksum != is.Checksum {
			list = append(list, is.ID)
		}
	}
	return list
}

// enforced says whether dbt holds a model to its declared columns.
func enforced(n *manifest.Node) string {
	if on, _ := n.Config.Raw.Get("contract").Get("enforced").Bool(); on {
		return "enforced"
	}
	return "none"
}

// columnsOf are the declared columns that differ, by name.
func columnsOf(was, is *manifest.Node) []Column {
	from, to := declared(was), declared(is)
	var list []Column
	for name, t := range from {
		other, stays := to[name]
		switch {
		case !stays:
			list = append(list, Column{Name: name, From: &t})
		case other != t:
			list = append(list, Column{Name: name, From: &t, To: &other})
		}
	}
	for name, t := range to {
		if _, was := from[name]; !was {
			list = append(list, Column{Name: name, To: &t})
		}
	}
	slices.SortFunc(list, func(a, b Column) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// declared are the columns of a node's properties, with their data types.
func declared(n *manifest.Node) map[string]string {
	columns := map[string]string{}
	for it := n.Raw.Get("columns").Entries(); it.Next(); {
		name, _ := it.Value().Get("name").Str()
		columns[name], _ = it.Value().Get("data_type").Str()
	}
	return columns
}

// reached are the exposures below a node, each with its owner.
func reached(p *project.Project, id string) []Reached {
	start, ok := p.Index(id)
	if !ok {
		return nil
	}
	var list []Reached
	for _, i := range manifest.Reach(p.Graph.Children, start) {
		if n := p.Nodes[i]; n.Kind == manifest.Exposure {
			list = append(list, Reached{n.ID, owner(n)})
		}
	}
	return list
}

func owner(n *manifest.Node) string {
	name, _ := n.Raw.Get("owner").Get("name").Str()
	email, _ := n.Raw.Get("owner").Get("email").Str()
	if name != "" && email != "" {
		return name + " <" + email + ">"
	}
	return cmp.Or(name, email)
}
