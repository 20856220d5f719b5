package cron

// Meet reports whether a run of a can be under way while one of b starts, or the reverse, and the minute of the day at which the first
// such start is. A run lasts so many minutes at most.
func Meet(a, b Schedule, minutesA, minutesB int) (minute int, meet bool) {
	first, of := during(a, b, minutesB)
	second, too := during(b, a, minutesA)
	if !of || too && second < first {
		first, of = second, too
	}
	return first % perDay, of
}

// during is the first minute of the calendar at which s starts while a run of another one is under way, or starts as well. It compares
// sets of days, once for each number of midnights that a run can last over.
func during(s, other Schedule, minutes int) (at int, found bool) {
	for midnights := 0; midnights < cycle && (midnights-1)*perDay < minutes; midnights++ {
		m, ok := s.minute(other, minutes, midnights)
		if !ok {
			continue
		}
		if day := s.days.firstBehind(&other.days, midnights); day >= 0 && (!found || day*perDay+m < at) {
			at, found = day*perDay+m, true
		}
	}
	return at, found
}

// minute is the first of s at which a run is under way that has begun at a minute of another schedule, so many midnights before.
func (s Schedule) minute(other Schedule, minutes, midnights int) (int, bool) {
	if len(s.minutes) == 0 || len(other.minutes) == 0 {
		return 0, false
	}
	if midnights > 0 { // the later the run began and the sooner s starts, the better
		m := s.minutes[0]
		return m, midnights*perDay+m-other.minutes[len(other.minutes)-1] < minutes
	}
	begun := 0 // of the other's minutes, those not behind m
	for _, m := range s.minutes {
		for begun < len(other.minutes) && other.minutes[begun] <= m {
			begun++
		}
		if begun == 0 {
			continue
		}
		if last := other.minutes[begun-1]; last == m || m-last < minutes {
			return m, true
		}
	}
	return 0, false
}
