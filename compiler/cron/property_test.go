package cron_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	library "github.com/robfig/cron/v3"

	"github.com/dbtwac/dbtwac/compiler/cron"
)

// TestMeetAnyTwo compares Meet with what it means, minute by minute, on schedules at random.
func TestMeetAnyTwo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	minutes := func() int {
		return []int{0, 1, 30, 60, 61, 600, 1440, 1441, 2881, 5000, 7 * 1440, 40 * 1440}[r.IntN(12)]
	}
	text := func() string {
		n := func(below int) string { return fmt.Sprint(r.IntN(below)) }
		return pick("*", "0", n(60), n(60), "*/7", "50-59", n(30)+",59") + " " + pick("*", n(24), n(24), "*/5", "22-23", n(12)+",23") + " " +
			pick("*", "*", "1", "29", "30", "31", "13,14", "*/10") + " " + pick("*", "*", "*", "2", "1-6", "7-12", "12") + " " + pick("*", "*", "0", "1", "2", "5,6", "1-5")
	}
	meets := 0
	for range 400 {
		a, b, minutesA, minutesB := text(), text(), minutes(), minutes()
		at, meet := cron.Meet(parse(t, a), parse(t, b), minutesA, minutesB)
		wantAt, want := slowly(t, a, b, minutesA, minutesB)
		if at != wantAt || meet != want {
			t.Errorf("Meet(%q, %q, %d, %d) = %d, %v; want %d, %v", a, b, minutesA, minutesB, at, meet, wantAt, want)
		}
		if want {
			meets++
		}
	}
	if meets < 50 || meets > 350 {
		t.Errorf("%d of 400 meet: these are not the schedules to compare", meets)
	}
}

// slowly is what Meet means. Its calendar is that of package time, in years that begin as cron's own does, with a Sunday and a leap day.
func slowly(t *testing.T, a, b string, minutesA, minutesB int) (int, bool) {
	t.Helper()
	specA, specB := spec(t, a), spec(t, b)
	endA, endB := -1, -1
	begin := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := range 4*365 + 1 {
		date := begin.AddDate(0, 0, day)
		onA, onB := on(specA, date), on(specB, date)
		for m := 0; (onA || onB) && m < 24*60; m++ {
			now := day*24*60 + m
			startsA, startsB := onA && at(specA, m), onB && at(specB, m)
			if startsA && (startsB || now < endB) || startsB && now < endA {
				return m, true
			}
			if startsA {
				endA = now + minutesA
			}
			if startsB {
				endB = now + minutesB
			}
		}
	}
	return 0, false
}

func spec(t *testing.T, text string) *library.SpecSchedule {
	t.Helper()
	s, err := library.ParseStandard(text)
	if err != nil {
		t.Fatal(err)
	}
	return s.(*library.SpecSchedule)
}

func on(s *library.SpecSchedule, d time.Time) bool {
	ofMonth, ofWeek := s.Dom&(1<<d.Day()) != 0, s.Dow&(1<<d.Weekday()) != 0
	all := (s.Dom|s.Dow)&(1<<63) != 0
	return s.Month&(1<<d.Month()) != 0 && (ofMonth && ofWeek || !all && (ofMonth || ofWeek))
}

func at(s *library.SpecSchedule, minute int) bool {
	return s.Hour&(1<<(minute/60)) != 0 && s.Minute&(1<<(minute%60)) != 0
}
