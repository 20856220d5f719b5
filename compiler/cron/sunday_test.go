package cron_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/cron"
)

func TestSunday(t *testing.T) {
	for text, same := range map[string]string{
		"7": "0", "5-7": "5,6,0", "1,7": "1,0", "0-7": "0-6", "7-7": "0", "1-7/2": "1,3,5,0", "1-7/4": "1,5", "FRI-7": "5,6,0", "fri-sun": "5,6,0",
		"7/2": "0", "sun": "0", "SUN-1": "0,1", "SUN-SUN": "0",
	} {
		if d := cmp.Diff(parse(t, "0 5 * * "+same), parse(t, "0 5 * * "+text), cmp.AllowUnexported(cron.Schedule{})); d != "" {
			t.Errorf("%s is not %s (-want +got):\n%s", text, same, d)
		}
	}
}
