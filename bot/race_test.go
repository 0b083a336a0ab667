//go:build race

package bot

// raced reports whether the race detector watches, under which long tests do less.
const raced = true
