package selection

// ascend adds the ancestors of s, depth generations of them.
func (e *Evaluator) ascend(s set, depth int) { walk(s, e.graph.Parents, depth) }

// descend adds the descendants of s, depth generations of them.
func (e *Evaluator) descend(s set, depth int) { walk(s, e.graph.Children, depth) }

// walk adds generation by generation. What is in s already was, or will be, walked from no later than where it is met again.
func walk(s set, next [][]int32, depth int) {
	var layer, reached []int32
	s.all(func(i int32) { layer = append(layer, i) })
	for ; len(layer) > 0 && depth != 0; depth-- {
		reached = reached[:0]
		for _, i := range layer {
			for _, j := range next[i] {
				if !s.has(j) {
					s.add(j)
					reached = append(reached, j)
				}
			}
		}
		layer, reached = reached, layer
	}
}

// expand adds to s the tests that the mode takes, and returns s and the other tests that have a parent in s.
func (e *Evaluator) expand(s set, mode Mode) (direct, indirect set) {
	within := s // where all parents of a test have to be
	if mode == Buildable {
		within = s.clone()
		e.ascend(within, unlimited)
		within.or(e.kinds["source"])
	}
	tests := e.of("test", "unit_test")
	direct, indirect = s.clone(), e.newSet()
	s.all(func(i int32) {
		for _, t := range e.graph.Children[i] {
			switch {
			case !tests.has(t):
			case mode == Eager || e.inside(t, s) || mode == Buildable && e.inside(t, within):
				direct.add(t)
			default:
				indirect.add(t)
			}
		}
	})
	return direct, indirect
}

// inside reports whether all parents of a node are in s.
func (e *Evaluator) inside(i int32, s set) bool {
	if e.dangling.has(i) {
		return false
	}
	for _, parent := range e.graph.Parents[i] {
		if !s.has(parent) {
			return false
		}
	}
	return true
}

// takeBack adds to what a group selects the tests whose parents its members brought together. Unit tests are never among them,
// and buildable does not count all sources here, though expand does.
func (r *run) takeBack(direct, indirect set) {
	within := direct
	switch r.mode {
	case Cautious:
	case Buildable:
		within = direct.clone()
		r.ascend(within, unlimited)
	default:
		return
	}
	waiting := indirect.clone()
	waiting.minus(direct)
	waiting.and(r.inNodes())
	var found []int32
	waiting.all(func(i int32) {
		if r.inside(i, within) {
			found = append(found, i)
		}
	})
	for _, i := range found {
		direct.add(i)
	}
}
