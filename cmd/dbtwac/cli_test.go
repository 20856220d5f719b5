package main

import (
	"io"
	"testing"
)

// failing is a writer with a defect.
type failing struct{}

func (failing) Write([]byte) (int, error) { panic("a defect") }

// TestDefects: a process that has a defect must not end as if all were well.
func TestDefects(t *testing.T) {
	defer func() {
		if r := recover(); r != "a defect" {
			t.Errorf("the defect is gone: %v", r)
		}
	}()
	t.Errorf("it ends with code %d", run([]string{"version"}, failing{}, io.Discard))
}
