package cron_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/cron"
)

func TestParse(t *testing.T) {
	for text, fine := range map[string]bool{
		"0 5 * * *": true, "*/15 0-6,22 1 JAN MON-FRI": true, "0 5 * * 7": false,
		"": false, "0 5 * *": false, "0 5 * * * *": false, "99 * * * *": false, "@daily": false, "0  5 * * *": false,
		"TZ=Europe/Paris 0 5 * * *": false, "0 5 * * 0\n": false, "0 5 * * `x`": false,
	} {
		if _, err := cron.Parse(text); (err == nil) != fine {
			t.Errorf("Parse(%q): %v; want it taken: %v", text, err, fine)
		}
	}
}

func TestParseLoosely(t *testing.T) {
	for text, fine := range map[string]bool{
		"0 5 * * 7": true, "0 5 * * 5-7,1": true, "0 5 * * */7": true,
		"": false, "0 5 * * 8": false, "0 5 * * 7-8": false, "0 5 * * 6-1": false, "0 7 7 7 17": false, "0 5 * * 5-7/0": false, "0 5 * * 007": false,
	} {
		if _, err := cron.ParseLoosely(text); (err == nil) != fine {
			t.Errorf("ParseLoosely(%q): %v; want it taken: %v", text, err, fine)
		}
	}
}

func TestMeet(t *testing.T) {
	for _, c := range []struct {
		name, a, b         string
		minutesA, minutesB int
		at                 int
		meet               bool
	}{
		{"the same minute", "0 5 * * *", "0 5 * * *", 1, 1, 300, true},
		{"while the first runs", "0 5 * * *", "30 5 * * *", 31, 1, 330, true},
		{"while the second runs", "30 5 * * *", "0 5 * * *", 1, 31, 330, true},
		{"just over", "0 5 * * *", "30 5 * * *", 30, 1, 0, false},
		{"beyond midnight", "50 23 * * *", "5 0 * * *", 30, 1, 5, true},
		{"beyond midnight into a day of its own", "50 23 * * 1", "5 0 * * 2", 30, 1, 5, true},
		{"days that never meet", "0 5 * * 1", "0 5 * * 2", 60, 60, 0, false},
		{"the hour of a nightly one", "0 * * * *", "30 3 * * *", 10, 60, 240, true},
		{"a day of the month or of the week", "0 5 13 * 5", "0 5 * * 5", 1, 1, 300, true},
		{"the day of the week alone", "0 5 13 * *", "0 5 13 * 5", 1, 1, 300, true},
		{"only in a leap year", "0 5 29 2 *", "0 5 29 2 *", 1, 1, 300, true},
		{"months that never meet", "0 5 * 1-6 *", "0 5 * 7-12 *", 1, 1, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, meet := cron.Meet(parse(t, c.a), parse(t, c.b), c.minutesA, c.minutesB)
			if at != c.at || meet != c.meet {
				t.Errorf("Meet(%q, %q, %d, %d) = %d, %v; want %d, %v", c.a, c.b, c.minutesA, c.minutesB, at, meet, c.at, c.meet)
			}
		})
	}
}

func parse(t *testing.T, text string) cron.Schedule {
	t.Helper()
	s, err := cron.ParseLoosely(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
