package cron

import (
	"slices"
	"strconv"
	"strings"
)

// weekdays are the names that cron has for the days of a week.
var weekdays = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}

// withoutSeven writes the days of the week without 7, which is Sunday as 0 is, and which the library does not know: also as the end of a
// range, where SUN stands for it too. What it does not understand, it leaves to the library.
func withoutSeven(text string) string {
	at := strings.LastIndexByte(text, ' ') + 1
	list := strings.Split(text[at:], ",")
	for i, item := range list {
		list[i] = ofWeek(item)
	}
	return text[:at] + strings.Join(list, ",")
}

// ofWeek is one item of the days of the week, of which a range that ends with Sunday is written out.
func ofWeek(item string) string {
	days, stepText, stepped := strings.Cut(item, "/")
	from, to, ranged := strings.Cut(days, "-")
	first, ok := weekday(from)
	if !ok {
		return item
	}
	last := first
	if ranged {
		if last, ok = weekday(to); !ok {
			return item
		}
		if last == 0 && first > 0 {
			last = 7
		}
	}
	step := 1
	if stepped {
		var err error
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
			return item
		}
	}
	if last != 7 || first > last {
		return item
	}
	var list []string
	for d := first; d <= last; d += step {
		list = append(list, strconv.Itoa(d%7))
	}
	return strings.Join(list, ",")
}

// weekday is 0 to 7.
func weekday(text string) (int, bool) {
	if d := slices.Index(weekdays, strings.ToUpper(text)); d >= 0 {
		return d, true
	}
	d, err := strconv.Atoi(text)
	return d, err == nil && d >= 0 && d <= 7 && len(text) == 1
}
