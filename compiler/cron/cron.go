// Package cron reads the schedules of jobs and tells whether two of them meet. It looks at no clock: a schedule is a set of minutes
// in a calendar that repeats.
package cron

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/robfig/cron/v3"
)

// Schedule is when a job starts, in UTC.
type Schedule struct{ spec *cron.SpecSchedule }

// five is what every platform takes: five fields, and none of the short forms and time zones that some take besides.
var five = regexp.MustCompile(`^[0-9A-Za-z*/,-]+( [0-9A-Za-z*/,-]+){4}$`)

// Parse reads a cron expression of five fields.
func Parse(text string) (Schedule, error) {
	if !five.MatchString(text) {
		return Schedule{}, errors.New("it has to be five fields with one blank between them: minute, hour, day, month, day of the week")
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return Schedule{}, err
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return Schedule{}, fmt.Errorf("%q is no list of minutes", text)
	}
	return Schedule{spec}, nil
}

// cycle is how many days are looked at: four years, so that each day of each month is among them.
const cycle = 4*365 + 1

// Meet reports whether a run of a can be under way while one of b starts, or the reverse, and the minute of the day at which the first
// such start is. A run lasts so many minutes at most.
func Meet(a, b Schedule, minutesA, minutesB int) (minute int, meet bool) {
	endA, endB := -1, -1 // of the latest run that has begun, by the minutes since the first day
	d := date{day: 1, month: 1}
	for day := range cycle {
		onA, onB := a.on(d), b.on(d)
		d = d.next()
		for m := 0; (onA || onB) && m < 24*60; m++ {
			now := day*24*60 + m
			startsA, startsB := onA && a.at(m), onB && b.at(m)
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

// star is the bit by which the parser marks a field of which every value is meant.
const star = 1 << 63

// on follows cron: where both the day of the month and the day of the week are restricted, either will do.
func (s Schedule) on(d date) bool {
	if s.spec.Month&(1<<d.month) == 0 {
		return false
	}
	ofMonth, ofWeek := s.spec.Dom&(1<<d.day) != 0, s.spec.Dow&(1<<d.weekday) != 0
	if s.spec.Dom&star != 0 || s.spec.Dow&star != 0 {
		return ofMonth && ofWeek
	}
	return ofMonth || ofWeek
}

func (s Schedule) at(minute int) bool {
	return s.spec.Hour&(1<<(minute/60)) != 0 && s.spec.Minute&(1<<(minute%60)) != 0
}

// date is a day of a calendar that begins with a leap year.
type date struct {
	year       int
	month, day uint // from 1
	weekday    uint // 0 to 6; 0 is Sunday
}

func (d date) next() date {
	d.weekday = (d.weekday + 1) % 7
	d.day++
	if d.day > length(d.month, d.year) {
		d.day, d.month = 1, d.month+1
	}
	if d.month > 12 {
		d.month, d.year = 1, d.year+1
	}
	return d
}

func length(month uint, year int) uint {
	switch {
	case month == 2 && year%4 == 0:
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}
