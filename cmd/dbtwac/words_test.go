package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpread(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"ls --select a b", "ls --select a --select b"},
		{"-q ls --select=a b --exclude c d e", "-q ls --select=a --select b --exclude c --exclude d --exclude e"},
		{"ls -s a -m b c", "ls -s a -m b -m c"},
		{"ls --select a --output name b", "ls --select a --output name b"}, // kong refuses b, as dbt does
		{"ls --select", "ls --select"},
		{"lint a b", "lint a b"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			if d := cmp.Diff(tc.want, strings.Join(spread(strings.Fields(tc.args)), " ")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
