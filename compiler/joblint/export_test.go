package joblint

// Parse is parse, for fuzzing.
func Parse(words []Word) { parse(words, false) }
