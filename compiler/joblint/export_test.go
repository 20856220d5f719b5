package joblint

// Parse is parse, for fuzzing.
func Parse(words []Word) { parse(words, false) }

// Longest is how long a script may be.
const Longest = longest
