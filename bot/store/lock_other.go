//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

// lockFile locks nothing: there is no lock here that a killed process is sure to leave. That only one bot uses a file is
// left to who starts them.
func lockFile(string) (unlock func() error, err error) { return func() error { return nil }, nil }
