package manifest

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

// Graph is the dependency graph over a list of nodes. Both sides are indexed by a node's position in that list.
type Graph struct {
	Parents  [][]int32 // what the node reads, ascending
	Children [][]int32 // what reads the node, ascending
}

// Link builds the graph over nodes, which are sorted by unique id; index is unique id -> position. It reports DW104 for a
// dependency on what is nowhere, and DW110 for a cycle.
func Link(nodes []*Node, index map[string]int, disabled map[string]jsondoc.Value) (Graph, diag.List) {
	var diags diag.List
	g := Graph{make([][]int32, len(nodes)), make([][]int32, len(nodes))}
	edges := 0
	for _, n := range nodes {
		edges += len(n.Parents)
	}
	// All lists share two arrays: tens of thousands of small ones would cost more than the walk.
	parents, counts := make([]int32, 0, edges), make([]int32, len(nodes))
	for i, n := range nodes {
		from := len(parents)
		for _, id := range n.Parents {
			at, ok := index[id]
			if !ok {
				diags.Add(missing(n, id, disabled)...)
				continue
			}
			parents = append(parents, int32(at))
		}
		own := parents[from:]
		slices.Sort(own)
		own = slices.Compact(own)
		parents = parents[:from+len(own)]
		g.Parents[i] = own[:len(own):len(own)]
		for _, at := range own {
			counts[at]++
		}
	}
	children := make([]int32, len(parents))
	next := 0
	for i, c := range counts {
		g.Children[i] = children[next : next : next+int(c)]
		next += int(c)
	}
	for i := range nodes {
		for _, at := range g.Parents[i] {
			g.Children[at] = append(g.Children[at], int32(i))
		}
	}
	if cycle := findCycle(g); cycle != nil {
		names := make([]string, len(cycle))
		for i, at := range cycle {
			names[i] = nodes[at].ID
		}
		n := nodes[cycle[0]]
		diags.Add(diag.Diagnostic{
			Code: Cycle, Severity: diag.Error, Span: n.Raw.Get("depends_on").Span(), Path: n.Place() + ".depends_on.nodes",
			Message: "the graph has a cycle: " + strings.Join(names, " -> "),
			Hint:    "dbt writes no such manifest: was it edited? let dbt write it again: dbt parse",
		})
	}
	return g, diags
}

// Relink is Link over nodes of which a few are others than those that Load has linked: what it would report was reported then.
func Relink(nodes []*Node, index map[string]int) Graph {
	g, _ := Link(nodes, index, nil)
	return g
}

// macroLike are the parents that dbt lists in depends_on.nodes and that are no members of the graph.
func macroLike(id string) bool {
	return strings.HasPrefix(id, "macro.") || strings.HasPrefix(id, "metric.")
}

func missing(n *Node, id string, disabled map[string]jsondoc.Value) diag.List {
	if macroLike(id) {
		return nil
	}
	d := diag.Diagnostic{
		Code: UnknownParent, Severity: diag.Error, Span: n.Raw.Get("depends_on").Span(), Path: n.Place() + ".depends_on.nodes",
		Message: n.ID + " depends on " + id + ", which is nowhere in the manifest",
		Hint:    rewrite,
	}
	if _, ok := disabled[id]; ok || n.Kind == Test || n.Kind == Exposure {
		d.Severity = diag.Warning
		d.Message = n.ID + " depends on " + id + ", which is disabled"
		if !ok {
			d.Message = n.ID + " depends on " + id + ", which is not in the manifest"
		}
		d.Hint = "enable it, or disable what reads it"
	}
	return diag.List{d}
}

// Place returns n's path in the document, for diagnostics: nodes."model.shop.orders".
func (n *Node) Place() string {
	switch n.Kind {
	case Source, Exposure, Metric, SemanticModel, UnitTest, Function:
		return string(n.Kind) + "s." + quoted(n.ID)
	case SavedQuery:
		return "saved_queries." + quoted(n.ID)
	}
	return "nodes." + quoted(n.ID)
}

// findCycle returns the positions along one cycle, the first again at the end, or nil. It walks without recursion: a
// manifest may hold a chain as long as itself.
func findCycle(g Graph) []int {
	const (
		unseen = iota
		open
		done
	)
	state := make([]uint8, len(g.Parents))
	type frame struct{ node, next int }
	var stack []frame
	for start := range g.Parents {
		if state[start] != unseen {
			continue
		}
		stack = append(stack[:0], frame{start, 0})
		state[start] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(g.Parents[top.node]) {
				state[top.node] = done
				stack = stack[:len(stack)-1]
				continue
			}
			parent := int(g.Parents[top.node][top.next])
			top.next++
			switch state[parent] {
			case unseen:
				state[parent] = open
				stack = append(stack, frame{parent, 0})
			case open:
				cycle := []int{parent}
				for i := len(stack) - 1; stack[i].node != parent; i-- {
					cycle = append(cycle, stack[i].node)
				}
				return append(cycle, parent)
			}
		}
	}
	return nil
}

// Reach lists the positions of what can be reached from a node by edges, which are a Graph's Parents or Children; without the node, in
// the order of the unique ids.
func Reach(edges [][]int32, start int) []int32 {
	seen := map[int32]bool{}
	var list []int32
	stack := slices.Clone(edges[start])
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[i] {
			seen[i] = true
			list = append(list, i)
			stack = append(stack, edges[i]...)
		}
	}
	slices.Sort(list)
	return list
}
