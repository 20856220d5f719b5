package cron

import "math/bits"

// cycle is how many days are looked at: four years, so that each day of each month is among them.
const cycle = 4*365 + 1

const perDay = 24 * 60

// days is a set of the days of the calendar, which begins with a leap year.
type days [(cycle + 63) / 64]uint64

func (d *days) add(day int) { d[day/64] |= 1 << (day % 64) }

// firstBehind is the first day of d that is so many days behind one of the other set, or -1.
func (d *days) firstBehind(other *days, by int) int {
	words, rest := by/64, by%64
	for i := words; i < len(d); i++ {
		moved := other[i-words] << rest
		if rest > 0 && i > words {
			moved |= other[i-words-1] >> (64 - rest)
		}
		if both := d[i] & moved; both != 0 {
			return i*64 + bits.TrailingZeros64(both)
		}
	}
	return -1
}

// date is a day of the calendar.
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
