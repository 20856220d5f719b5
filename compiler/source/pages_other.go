//go:build !linux

package source

func hugePages([]byte) {}
