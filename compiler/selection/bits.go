package selection

import "math/bits"

// set holds positions of nodes, one bit each. All sets of one Evaluator have the same length.
type set []uint64

func (s set) has(i int32) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s set) add(i int32)      { s[i>>6] |= 1 << (i & 63) }

func (s set) or(o set) {
	for i, w := range o {
		s[i] |= w
	}
}

func (s set) and(o set) {
	for i, w := range o {
		s[i] &= w
	}
}

func (s set) minus(o set) {
	for i, w := range o {
		s[i] &^= w
	}
}

func (s set) clone() set { return append(set(nil), s...) }

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// all calls f with each position, ascending.
func (s set) all(f func(int32)) {
	for i, w := range s {
		for w != 0 {
			f(int32(i<<6 + bits.TrailingZeros64(w)))
			w &= w - 1
		}
	}
}
