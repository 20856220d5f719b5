package emit

import (
	"strconv"
	"strings"
)

// inlays are the parts of an artifact that are megabytes: tens of thousands of statements. A view holds a mark in place of each,
// the template prints the mark as it prints any value, and the part is written at that point, straight into the artifact.
type inlays struct {
	parts []inlay
	size  int // of all parts, about
}

type inlay struct {
	mark  string
	write func(*strings.Builder)
}

// add returns the mark of a part of about size bytes.
func (l *inlays) add(size int, write func(*strings.Builder)) string {
	// No value that a view holds is a mark: a zero byte is carried by no artifact.
	mark := "\x00" + strconv.Itoa(len(l.parts))
	l.parts = append(l.parts, inlay{mark, write})
	l.size += size
	return mark
}

// sink gathers an artifact. A template writes a value in one piece, so a mark is found without looking into the values.
type sink struct {
	text   strings.Builder
	inlays *inlays
}

func (s *sink) Write(piece []byte) (int, error) {
	for _, part := range s.inlays.parts {
		if string(piece) == part.mark {
			part.write(&s.text)
			return len(piece), nil
		}
	}
	return s.text.Write(piece)
}
