package discord

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// What a message holds at most, in units; and how much of it a quoted question and the list of sources may take.
const (
	maxContent  = 2000
	maxQuestion = 200
	maxSources  = 900
)

// wholeName is the file with a reply that is too long for a message.
const wholeName = "answer.md"

// render writes a reply as a message. An action that does not fit into a button is left out and told as an error, which
// is a fault of the command that made it; the message is good nonetheless.
func render(r bot.Reply, attached string) (message, error) {
	var m message
	if r.File != nil {
		m.Files = append(m.Files, *r.File)
	}
	whole := false
	if m.Content, whole = content(r, maxContent, ""); !whole {
		m.Content, _ = content(r, maxContent, attached)
		m.Files = append(m.Files, bot.File{Name: wholeName, Data: []byte(document(r))})
	}
	var err error
	m.Components, err = components(r)
	return m, err
}

// content is a reply's question, text and sources in no more than room units, then a closing line; whole reports whether
// everything is there. Sources give way to the text: first their titles go, then, where a closing line says where they
// are, their links.
func content(r bot.Reply, room int, closing string) (text string, whole bool) {
	head, foot := quote(r.Question), ""
	if r.Note != "" {
		foot = "\n\n" + smallPrint(r.Note)
	}
	styles := []style{titled, linked}
	if closing != "" {
		foot = "\n\n" + escape(closing, true) + foot
		styles = append(styles, named)
	}
	room -= units(head) + units(foot)
	join := func(body, list string) string { return strings.TrimSpace(head + body + list + foot) }
	for _, style := range styles {
		list := sources(r.Sources, style)
		if body, all := fit(r.Text, room-units(list), showPiece); all {
			return join(body, list), style != named
		}
	}
	body, list := cut(r, room)
	return join(body, list), false
}

// smallPrint is a note as it closes a message.
func smallPrint(note string) string { return "-# " + marks(escape(strings.TrimSpace(note), false)) }

// cut is as much of a reply's text as has room beside the sources that it cites. Sources are numbered in the order of the
// text, so that the shortest list that holds them all leaves most room.
func cut(r bot.Reply, room int) (body, list string) {
	for n := range len(r.Sources) + 1 {
		list = sources(r.Sources[:n], named)
		if units(list) > maxSources {
			break
		}
		body, _ = fit(r.Text, room-units(list), showPiece)
		if !slices.ContainsFunc(r.Sources[n:], func(s bot.Source) bool { return strings.Contains(body, fmt.Sprintf("[%d]", s.N)) }) {
			return body, list
		}
	}
	body, _ = fit(r.Text, room, showPiece)
	return body, ""
}

// showPiece writes a part of a reply's text: the mark before an item or a quotation is markup, all else is not.
func showPiece(p piece) string {
	mark, text := p.mark()
	return mark + marks(escape(text, p.starts))
}

// mark separates the mark of an item or a quotation from what stands behind it.
func (p piece) mark() (mark, text string) {
	if p.starts && (strings.HasPrefix(p.text, "- ") || strings.HasPrefix(p.text, "> ")) {
		return p.text[:2], p.text[2:]
	}
	return "", p.text
}

// quote writes a question above its answer, in one line.
func quote(question string) string {
	question = strings.Join(strings.Fields(question), " ")
	if question == "" {
		return ""
	}
	show := func(p piece) string { return escape(p.text, p.starts) }
	short, all := fit(question, maxQuestion, func(p piece) string { return show(p) })
	if !all {
		pieces := words(piece{text: question, starts: true})
		short = write(pieces[:fitting(pieces, maxQuestion-1, show)], show) + "…"
	}
	return "> " + unmarked(short) + "\n"
}

// style is how much the list of sources says of each.
type style int

const (
	titled style = iota // publisher, title with the link, date
	linked              // publisher with the link, date
	named               // publisher and date
)

// sources lists sources in small print.
func sources(all []bot.Source, how style) string {
	if len(all) == 0 {
		return ""
	}
	var lines []string
	for _, s := range all {
		lines = append(lines, source(s, how))
	}
	if how == named {
		return "\n\n-# " + strings.Join(lines, " · ")
	}
	return "\n\n-# " + strings.Join(lines, "\n-# ")
}

// source is one entry of the list of sources.
func source(s bot.Source, how style) string {
	before, name := "", cmp.Or(s.Publisher, s.Title)
	if how == titled && s.Publisher != "" {
		before, name = escape(s.Publisher, false)+": ", s.Title
	}
	shown := escape(name, false)
	if link := safeLink(s.URL); link != "" && how != named {
		shown = fmt.Sprintf("[%s](<%s>)", linkText(name), link)
	}
	line := fmt.Sprintf("[%d] %s%s", s.N, before, shown)
	if s.Date != "" {
		line += ", " + escape(s.Date, false)
	}
	return unmarked(line)
}

// linkText is a title that can stand in a link, where another link can not.
func linkText(title string) string {
	return strings.ReplaceAll(escapePlain(strings.Map(printable, title), false), "]", `\]`)
}

// safeLink is a link as it can stand between angle brackets; "" if it is none that can be followed.
func safeLink(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20", ")", "%29", "(", "%28").Replace(u.String())
}

// document is a whole reply as a Markdown file.
func document(r bot.Reply) string {
	var out strings.Builder
	if q := strings.Join(strings.Fields(r.Question), " "); q != "" {
		out.WriteString("# " + escape(q, false) + "\n\n")
	}
	pieces := sentences(r.Text)
	for i := range pieces {
		if mark, _ := pieces[i].mark(); pieces[i].gap == "\n" && (mark == "" || i == 0) {
			pieces[i].gap = "\n\n" // a line of its own in Markdown too
		}
	}
	out.WriteString(write(pieces, func(p piece) string {
		mark, text := p.mark()
		return mark + plainly(escape(text, p.starts))
	}))
	out.WriteString("\n")
	for _, s := range r.Sources {
		out.WriteString("\n" + strings.Replace(source(s, titled), fmt.Sprintf("[%d]", s.N), strconv.Itoa(s.N)+".", 1))
	}
	return strings.TrimSpace(out.String()) + "\n"
}

// components are a reply's buttons in one row and its menu in another.
func components(r bot.Reply) ([]discordgo.MessageComponent, error) {
	var faults []error
	var rows []discordgo.MessageComponent
	taken := map[string]bool{}
	id := func(call bot.Call, chosen string) string {
		id, err := encodeID(call, chosen)
		if err == nil && taken[id] {
			err = fmt.Errorf("two components have the custom id %q", id)
		}
		if err != nil {
			faults = append(faults, err)
			return ""
		}
		taken[id] = true
		return id
	}
	var buttons []discordgo.MessageComponent
	for _, a := range r.Actions {
		if id := id(a.Call, ""); id != "" {
			buttons = append(buttons, discordgo.Button{Label: limit(a.Label, maxLabel), Style: discordgo.SecondaryButton, CustomID: id})
		}
	}
	if len(buttons) > 0 {
		rows = append(rows, discordgo.ActionsRow{Components: buttons})
	}
	if r.Menu != nil && len(r.Menu.Choices) > 0 {
		if id := id(r.Menu.Call, r.Menu.Param); id != "" {
			rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu(r.Menu, id)}})
		}
	}
	return rows, errors.Join(faults...)
}

// maxLabel is how long a button's label may be.
const maxLabel = 80

func menu(m *bot.Menu, id string) discordgo.SelectMenu {
	s := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: id, Placeholder: limit(m.Label, 150)}
	taken := map[string]bool{}
	for _, c := range m.Choices {
		if len(s.Options) < bot.MaxChoices && units(c.Value) <= bot.MaxChoice && !taken[c.Value] {
			s.Options = append(s.Options, discordgo.SelectMenuOption{Label: limit(c.Label, bot.MaxChoice), Value: c.Value})
		}
		taken[c.Value] = true
	}
	return s
}

// renderForm writes a form as the data of a callback.
func renderForm(f *bot.Form) (form, error) {
	id, err := encodeID(f.Call, "")
	if err != nil {
		return form{}, err
	}
	out := form{CustomID: id, Title: limit(f.Title, maxFieldLabel)}
	for _, field := range f.Fields {
		l := label{Type: typeLabel, Label: limit(field.Label, maxFieldLabel)}
		if l.Component = any(written(field)); len(field.Choices) > 0 {
			l.Component = chosen(field)
		}
		out.Components = append(out.Components, l)
	}
	return out, nil
}

// maxFieldLabel is how long a form's title and the labels of its fields may be.
const maxFieldLabel = 45

// written is a field to write in.
func written(field bot.Field) input {
	in := input{
		Type: discordgo.TextInputComponent, CustomID: field.Param, Style: discordgo.TextInputShort,
		Placeholder: limit(field.Hint, 100), Required: field.Required, MaxLength: field.Max, Value: plainly(field.Value),
	}
	if field.Long {
		in.Style = discordgo.TextInputParagraph
	}
	return in
}

// chosen is a field to choose one of several things in.
func chosen(field bot.Field) choosing {
	c := choosing{Type: discordgo.SelectMenuComponent, CustomID: field.Param, Placeholder: limit(field.Hint, 100), Required: field.Required}
	for _, o := range field.Choices[:min(len(field.Choices), bot.MaxChoices)] {
		c.Options = append(c.Options, chosenOption{limit(o.Label, bot.MaxChoice), o.Value, o.Value == field.Value})
	}
	return c
}

var space = regexp.MustCompile(`\s+`)

// limit shortens a label to n units, at a word where there is one, with an ellipsis.
func limit(label string, n int) string {
	label = strings.TrimSpace(space.ReplaceAllString(plainly(label), " "))
	if units(label) <= n {
		return label
	}
	verbatim := func(p piece) string { return p.text }
	pieces := words(piece{text: label})
	kept := write(pieces[:fitting(pieces, n-1, verbatim)], verbatim)
	if units(kept) < n/2 { // for a word that is hardly a word
		pieces = letters(label)
		kept = write(pieces[:fitting(pieces, n-1, verbatim)], verbatim)
	}
	return strings.TrimSpace(kept) + "…"
}

// letters cuts a text into characters.
func letters(text string) []piece {
	var all []piece
	for text != "" {
		n := character(text)
		all = append(all, piece{text: text[:n]})
		text = text[n:]
	}
	return all
}
