package discord

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trilat/bot"
)

// maxID is how long a custom id may be.
const maxID = 100

// encodeID writes a call as a custom id, such as "read?passage=en/signing#who", which is all the state that a button
// has. chosen names the argument that a menu's choice fills, "" for none; it comes last and has no value.
func encodeID(call bot.Call, chosen string) (string, error) {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(call.Args)) {
		if call.Args[name] != "" {
			args = append(args, escapeID(name)+"="+escapeID(call.Args[name]))
		}
	}
	if chosen != "" {
		args = append(args, escapeID(chosen))
	}
	id := escapeID(call.Command)
	if len(args) > 0 {
		id += "?" + strings.Join(args, "&")
	}
	if units(id) > maxID {
		return "", fmt.Errorf("the custom id %q is longer than %d characters", id, maxID)
	}
	return id, nil
}

// decodeID reads what encodeID wrote, and refuses anything else.
func decodeID(id string) (call bot.Call, chosen string, err error) {
	broken := func() (bot.Call, string, error) {
		return bot.Call{}, "", fmt.Errorf("the custom id %q is not ours", id)
	}
	command, query, more := strings.Cut(id, "?")
	if call.Command = unescapeID(command); call.Command == "" {
		return broken()
	}
	call.Args = map[string]string{}
	if !more {
		return call, "", nil
	}
	for arg := range strings.SplitSeq(query, "&") {
		name, value, given := strings.Cut(arg, "=")
		if name = unescapeID(name); name == "" || chosen != "" {
			return broken()
		}
		if !given {
			chosen = name
			continue
		}
		call.Args[name] = unescapeID(value)
	}
	return call, chosen, nil
}

// What separates the parts of a custom id is escaped within them, and nothing else, since there is little room.
func escapeID(s string) string {
	return strings.NewReplacer("%", "%0", "?", "%1", "&", "%2", "=", "%3").Replace(s)
}

func unescapeID(s string) string {
	return strings.NewReplacer("%0", "%", "%1", "?", "%2", "&", "%3", "=").Replace(s)
}
