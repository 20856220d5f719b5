package source

import "syscall"

// hugePages asks the kernel to back buf with large pages: to fault a hundred megabytes in by pages of 4 KiB takes as long as to
// read them. It is a hint, and nothing depends on it.
func hugePages(buf []byte) { _ = syscall.Madvise(buf, syscall.MADV_HUGEPAGE) }
