// Package cron reads the schedules of jobs and tells whether two of them meet. It looks at no clock: a schedule is a set of minutes
// in a calendar that repeats.
package cron

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/robfig/cron/v3"
)

// Schedule is when a job starts, in UTC: on each of its days at each of its minutes.
type Schedule struct {
	days    days
	minutes []int // of a day, sorted
}

// five is what every platform takes: five fields, and none of the short forms and time zones that some take besides.
var five = regexp.MustCompile(`^[0-9A-Za-z*/,-]+( [0-9A-Za-z*/,-]+){4}$`)

// Parse reads a cron expression of five fields, as every platform takes it.
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
	var s Schedule
	d := date{day: 1, month: 1}
	for day := range cycle {
		if on(spec, d) {
			s.days.add(day)
		}
		d = d.next()
	}
	for m := range perDay {
		if spec.Hour&(1<<(m/60)) != 0 && spec.Minute&(1<<(m%60)) != 0 {
			s.minutes = append(s.minutes, m)
		}
	}
	return s, nil
}

// ParseLoosely also takes 7 for Sunday, which most readers of cron do and GitHub's does not say that it does.
func ParseLoosely(text string) (Schedule, error) { return Parse(withoutSeven(text)) }

// star is the bit by which the parser marks a field of which every value is meant.
const star = 1 << 63

// on follows cron: where both the day of the month and the day of the week are restricted, either will do.
func on(spec *cron.SpecSchedule, d date) bool {
	if spec.Month&(1<<d.month) == 0 {
		return false
	}
	ofMonth, ofWeek := spec.Dom&(1<<d.day) != 0, spec.Dow&(1<<d.weekday) != 0
	if spec.Dom&star != 0 || spec.Dow&star != 0 {
		return ofMonth && ofWeek
	}
	return ofMonth || ofWeek
}
