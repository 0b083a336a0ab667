// Package postgres starts a PostgreSQL server for tests: a real one, from the programs that are installed, with a folder
// of its own that is gone afterwards. It keeps nothing safe, and nothing but tests may use it.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// ErrAbsent means that PostgreSQL is not installed here.
var ErrAbsent = errors.New("PostgreSQL is not installed")

// Start starts a server that only this computer can reach, and returns the address of its first database. Other
// databases are made with CREATE DATABASE. stop ends the server and removes all that it kept; if the test is killed,
// the server ends by itself where the system can see to that. Without an installed PostgreSQL the error is [ErrAbsent].
func Start() (url string, stop func(), err error) {
	programs, err := programs()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "trilat-postgres-")
	if err != nil {
		return "", nil, err
	}
	server, url, err := start(programs, dir)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return url, func() {
		_ = server.Process.Signal(os.Interrupt) // "fast": whoever is connected is cut off
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}, nil
}

// programs is the folder of the newest version that Debian's packages have installed.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return "", errors.Join(ErrAbsent, err)
	}
	return found[len(found)-1], nil
}

// start makes a cluster in dir, starts its server and waits until it answers.
func start(programs, dir string) (*exec.Cmd, string, error) {
	if err := giveAway(dir); err != nil {
		return nil, "", err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(programs, "initdb"),
		"-D", data, "-U", "trilat", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
	initdb.SysProcAttr = anybody()
	initdb.Dir = dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("make a cluster: %w\n%s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	server := exec.Command(filepath.Join(programs, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-k", dir,
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	server.SysProcAttr = anybody()
	server.Dir = dir
	if err := server.Start(); err != nil {
		return nil, "", fmt.Errorf("start the server: %w", err)
	}
	if err := answers(programs, port); err != nil {
		_ = server.Process.Kill()
		return nil, "", errors.Join(fmt.Errorf("reach the server: %w", err), server.Wait())
	}
	return server, fmt.Sprintf("postgres://trilat@127.0.0.1:%d/postgres?sslmode=disable", port), nil
}

// freePort finds a port that nobody uses now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// answers waits until the server serves who connects to it, which is a moment after it listens.
func answers(programs string, port int) error {
	_, err := backoff.Retry(context.Background(), func() (struct{}, error) {
		return struct{}{}, exec.Command(filepath.Join(programs, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", fmt.Sprint(port)).Run()
	}, backoff.WithBackOff(backoff.NewConstantBackOff(20*time.Millisecond)), backoff.WithMaxElapsedTime(30*time.Second))
	return err
}
