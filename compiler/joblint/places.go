package joblint

import (
	"math/bits"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
)

// places numbers what jobs write, once however many jobs write it: hundreds of jobs may each write thousands of relations.
type places struct {
	numbers map[string]int
	shown   []string              // by number, for messages
	of      map[[2]string]int     // environment and node -> number
	fold    func(s string) string // how the warehouse compares identifiers
}

func newPlaces(fold func(string) string) *places {
	if fold == nil {
		fold = strings.ToLower
	}
	return &places{numbers: map[string]int{}, of: map[[2]string]int{}, fold: fold}
}

func (p *places) number(key, shown string) int {
	n, known := p.numbers[key]
	if !known {
		n = len(p.shown)
		p.numbers[key], p.shown = n, append(p.shown, shown)
	}
	return n
}

func (p *places) relation(n naming.Name) int {
	return p.number(strings.Join([]string{"relation", p.fold(n.Database), p.fold(n.Schema), p.fold(n.Identifier)}, "\x00"), n.String())
}

// node is where a node is under an environment; where its name there cannot be known, it stands for itself.
func (p *places) node(names *naming.Namer, n *manifest.Node, e config.Environment) int {
	key := [2]string{e.Name.Value, n.ID}
	number, known := p.of[key]
	if !known {
		if name, err := names.Of(n, e); err == nil {
			number = p.relation(name)
		} else {
			number = p.elsewhere(n, "in "+e.Name.Value)
		}
		p.of[key] = number
	}
	return number
}

// elsewhere is a node in a place of which only the name is known.
func (p *places) elsewhere(n *manifest.Node, place string) int {
	return p.number("node "+n.ID+" "+place, n.ID+" "+place)
}

// set is a set of numbers.
type set []uint64

func (s *set) add(n int) {
	for len(*s) <= n/64 {
		*s = append(*s, 0)
	}
	(*s)[n/64] |= 1 << (n % 64)
}

func (s set) meets(other set) bool {
	for i := range min(len(s), len(other)) {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// both are the numbers in both.
func (s set) both(other set) []int {
	var list []int
	for i := range min(len(s), len(other)) {
		for word := s[i] & other[i]; word != 0; word &= word - 1 {
			list = append(list, i*64+bits.TrailingZeros64(word))
		}
	}
	return list
}
