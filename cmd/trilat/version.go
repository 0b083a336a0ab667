package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

func (c *versionCommand) Help() string { return "Example: trilat version --knowledge knowledge" }

func (c *versionCommand) Run(t *tool) error {
	base, err := t.base("")
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "trilat %s\ntexts %s, %s, %s\n", version(), base.Revision, count(len(base.Passages), "passage"), count(len(base.Sources), "source"))
	return nil
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return cmp.Or(info.Main.Version, "(unknown)")
}
