package bot

import "context"

// Command is a row of the table of what people can do.
type Command struct {
	Name string
	// Help, and a Param's, are ids of texts in words/*.json, see [Words]; so is Example, a line for the terminal.
	Help, Example string
	Params        []Param

	run func(*Bot, context.Context, Call) (Reply, error)
}

// Param is an argument of a command.
type Param struct {
	Name     string
	Help     string
	Required bool
}

// Commands is the table.
func Commands() []Command {
	return []Command{
		{
			Name: "ask", Help: "ask.help", Example: "ask.example",
			Params: []Param{
				{Name: "question", Help: "ask.question.help", Required: true},
				{Name: "after", Help: "ask.after.help"},
			},
			run: (*Bot).ask,
		},
	}
}
