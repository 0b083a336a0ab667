// Trilat answers questions about the joint declaration on defence cooperation of Albania, Croatia and Kosovo from a
// curated folder of Markdown, with sources.
//
// This package wires the others together and is the terminal's front: `trilat NAME …` for every row of the bot's table
// of commands, and the commands of those who run it and write its texts.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/joho/godotenv"

	"trilat/bot"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends a program that waits for its input
	// A missing .env is fine: it only saves typing. The real environment wins over it.
	if err := godotenv.Load(); err != nil && !errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "trilat: .env cannot be read; write one KEY=value a line")
		os.Exit(exitUsage)
	}
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes.
const (
	exitOK    = 0
	exitFault = 1 // it did not work, or the linter found errors
	exitUsage = 2 // the command line or the configuration is wrong
)

// tool is what every command of the terminal has at hand.
type tool struct {
	config
	ctx     context.Context
	in      *bufio.Reader
	out     *bufio.Writer
	errs    io.Writer
	watched bool // errs is a terminal
	screen  screen
}

// usage marks errors that are the fault of the command line.
type usage struct{ error }

// unfit marks what a person must change before the bot can run, so that starting it again is no use.
type unfit struct{ error }

func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out, errs io.Writer) int {
	buffered := bufio.NewWriter(out)
	t := &tool{config: readConfig(getenv), ctx: ctx, in: bufio.NewReader(in), out: buffered, errs: errs,
		watched: terminal(errs) != nil, screen: newScreen(out, getenv)}
	err := t.parse(args, errs)
	if flushed := buffered.Flush(); err == nil {
		err = flushed
	}
	var wrong usage
	var refused unfit
	switch {
	case err == nil, errors.Is(err, errHelp), errors.Is(err, syscall.EPIPE):
		return exitOK
	case errors.Is(err, errFaults):
		return exitFault
	case errors.As(err, &wrong):
		fmt.Fprintf(errs, "trilat: %v\nTry: trilat --help\n", wrong.error)
		return exitUsage
	}
	fmt.Fprintf(errs, "trilat: %v\n", err)
	if errors.As(err, &refused) {
		fmt.Fprintln(errs, "Try: trilat doctor")
		return exitUsage
	}
	return exitFault
}

// commands are the operator's; the rows of the bot's table are added to them.
type commands struct {
	Serve     serveCommand      `cmd:"" default:"1" help:"Start the bot: on Discord, or without a token on a local one, with a page to try it in."`
	Doctor    doctorCommand     `cmd:"" help:"Check that everything is right for the bot to work on Discord."`
	Knowledge knowledgeCommands `cmd:"" help:"Work on the folder of texts."`
	Store     storeCommands     `cmd:"" help:"Keep a copy of what the bot remembers."`
	Digest    digestCommands    `cmd:"" help:"See the daily digest of a server, or post what is due."`
	Search    searchCommand     `cmd:"" help:"Rank the folder's passages for a query, without answering."`
	Eval      evalCommand       `cmd:"" help:"Run a set of questions and count the right answers."`
	Version   versionCommand    `cmd:"" help:"Print the version of the program and the revision of its texts."`

	Folder string `name:"knowledge" placeholder:"DIR" help:"Read the texts in DIR instead of those compiled in (KNOWLEDGE_DIR)."`
}

const description = `Questions about the joint declaration on defence cooperation of Albania, Croatia and Kosovo (Tirana, 18 March 2025), answered from a curated folder, with sources.

Example: trilat ask "Who signed the declaration?"`

// errHelp ends a run that only printed help.
var errHelp = errors.New("help")

// parse reads the command line and runs what it names.
func (t *tool) parse(args []string, errs io.Writer) (err error) {
	// kong prints help and then wants to exit; this returns from it instead.
	defer func() {
		if r := recover(); r == errHelp {
			err = errHelp
		} else if r != nil {
			panic(r)
		}
	}()
	texts, err := bot.NewWords("en")
	if err != nil {
		return err
	}
	var cli commands
	options := []kong.Option{
		kong.Name("trilat"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(t.out, errs), kong.Exit(func(int) { panic(errHelp) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Bind(t),
	}
	rows := map[string]row{}
	for _, c := range bot.Commands() {
		if c.Kind == bot.Typed && !c.Chat {
			rows[c.Name] = newRow(c, texts)
			options = append(options, kong.DynamicCommand(c.Name, texts.Say(c.Help)+".", "", rows[c.Name].fields.Interface()))
		}
	}
	parser, err := kong.New(&cli, options...)
	if err != nil {
		return err
	}
	for _, node := range parser.Model.Children {
		if r, ok := rows[node.Name]; ok {
			node.Detail = "Example: " + texts.Say(r.command.Example)
		}
	}
	k, err := parser.Parse(args)
	if err != nil {
		return usage{err}
	}
	if cli.Folder != "" {
		t.folder = cli.Folder
	}
	name, _, _ := strings.Cut(k.Command(), " ")
	if r, ok := rows[name]; ok {
		return t.runRow(r)
	}
	return k.Run()
}
