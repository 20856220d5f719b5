package manifest

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

// validator finds out beside the walk whether what it is given is JSON.
type validator struct {
	work    chan []jsondoc.Value
	current []jsondoc.Value
	wait    sync.WaitGroup
	invalid atomic.Bool
}

// batchSize keeps the channel out of the profile.
const batchSize = 128

func startValidator() *validator {
	v := &validator{work: make(chan []jsondoc.Value, 64)}
	for range max(1, runtime.GOMAXPROCS(0)-1) { // the walk has the other processor
		v.wait.Go(func() {
			for values := range v.work {
				for _, value := range values {
					if !value.Valid() {
						v.invalid.Store(true)
					}
				}
			}
		})
	}
	return v
}

// check hands a value over. Its end is known, so it nests no deeper than jsondoc.MaxDepth.
func (v *validator) check(value jsondoc.Value) {
	if v.current == nil {
		v.current = make([]jsondoc.Value, 0, batchSize)
	}
	if v.current = append(v.current, value); len(v.current) == batchSize {
		v.work <- v.current
		v.current = nil
	}
}

// finish waits, and reports whether everything was JSON.
func (v *validator) finish() bool {
	v.work <- v.current
	close(v.work)
	v.wait.Wait()
	return !v.invalid.Load()
}
