package postgres

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// anybody starts a program as somebody who is not root, which PostgreSQL insists on, and ends it with the test.
func anybody() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if uid, gid, ok := owner(); ok {
		attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	}
	return attr
}

// giveAway makes a folder the property of who the programs run as.
func giveAway(dir string) error {
	uid, gid, ok := owner()
	if !ok {
		return nil
	}
	return os.Chown(dir, int(uid), int(gid))
}

// owner is who the programs run as when root runs the tests; otherwise ok is false, and it is whoever does.
func owner() (uid, gid uint32, ok bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, err1 := strconv.ParseUint(u.Uid, 10, 32)
		group, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return uint32(id), uint32(group), true
		}
	}
	return 0, 0, false
}
