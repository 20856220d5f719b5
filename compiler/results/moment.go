package results

import (
	"strconv"
	"strings"
)

// Moment is a point in time, for comparing what artifacts say. Nothing here knows what time it is now.
type Moment struct {
	seconds int64 // since the start of the year 0, UTC
	nanos   int
}

// Before reports whether m comes earlier than o.
func (m Moment) Before(o Moment) bool {
	return m.seconds < o.seconds || m.seconds == o.seconds && m.nanos < o.nanos
}

// ParseMoment reads a time as dbt writes it: "2026-11-01T06:00:00.5Z", with an offset such as +02:00 in place of the Z, with a
// space in place of the T, or a date alone. Without an offset it is in UTC.
func ParseMoment(text string) (Moment, bool) {
	date, clock := text, ""
	if len(text) > 10 {
		if text[10] != 'T' && text[10] != ' ' {
			return Moment{}, false
		}
		date, clock = text[:10], text[11:]
	}
	d, ok := numbers(date, "-", 4, 2, 2)
	if !ok || d[1] < 1 || d[1] > 12 || d[2] < 1 || d[2] > daysIn(d[0], d[1]) {
		return Moment{}, false
	}
	m := Moment{seconds: daysUntil(d[0], d[1], d[2]) * 86400}
	if clock == "" {
		return m, date == text
	}
	clock, offset, ok := cutOffset(clock)
	if !ok {
		return Moment{}, false
	}
	clock, fraction, _ := strings.Cut(clock, ".")
	c, ok := numbers(clock, ":", 2, 2, 2)
	if !ok || c[0] > 23 || c[1] > 59 || c[2] > 60 {
		return Moment{}, false
	}
	m.seconds += int64(c[0]*3600+c[1]*60+c[2]) - int64(offset)
	if fraction == "" {
		return m, true
	}
	n, err := strconv.ParseUint((fraction + "00000000")[:9], 10, 32)
	m.nanos = int(n)
	return m, err == nil && len(fraction) <= 9
}

// cutOffset takes the offset, in seconds, off the end of a time of day.
func cutOffset(clock string) (rest string, seconds int, ok bool) {
	if rest, utc := strings.CutSuffix(clock, "Z"); utc {
		return rest, 0, true
	}
	i := strings.LastIndexAny(clock, "+-")
	if i < 0 {
		return clock, 0, true
	}
	o, ok := numbers(clock[i+1:], ":", 2, 2)
	if !ok {
		return "", 0, false
	}
	seconds = o[0]*3600 + o[1]*60
	if clock[i] == '-' {
		seconds = -seconds
	}
	return clock[:i], seconds, true
}

// numbers reads numbers of given widths.
func numbers(text, sep string, widths ...int) ([]int, bool) {
	parts := strings.Split(text, sep)
	if len(parts) != len(widths) {
		return nil, false
	}
	list := make([]int, len(parts))
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil || len(part) != widths[i] {
			return nil, false
		}
		list[i] = int(n)
	}
	return list, true
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	if month == 2 && leap(year) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// daysUntil counts the days from the start of the year 0.
func daysUntil(year, month, day int) int64 {
	days := year*365 + (year+3)/4 - (year+99)/100 + (year+399)/400 + day
	for m := 1; m < month; m++ {
		days += daysIn(year, m)
	}
	return int64(days)
}
