package bot

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/answer/proof"
	"trilat/knowledge"
	"trilat/prompts"
)

// languages are those that quotes are translated into, by the code that Discord or a model has for them. Only these names get
// into a prompt.
var languages = map[string]string{
	"sq": "Albanian", "hr": "Croatian", "sr": "Serbian", "bs": "Bosnian", "mk": "Macedonian", "sl": "Slovenian", "bg": "Bulgarian",
	"de": "German", "fr": "French", "it": "Italian", "es": "Spanish", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "cs": "Czech",
	"sk": "Slovak", "hu": "Hungarian", "ro": "Romanian", "el": "Greek", "tr": "Turkish", "uk": "Ukrainian", "ru": "Russian",
	"sv": "Swedish", "da": "Danish", "no": "Norwegian", "fi": "Finnish", "lt": "Lithuanian", "en": "English",
}

// reads is the code of the language that quotes are translated into for a caller; "" when they are not.
func (b *Bot) reads(ctx context.Context, call Call, ed *edition) string {
	if c, _ := Find(call.Command); !c.Private(call) { // others read it, too
		return ""
	}
	return b.translates(ctx, call, ed, speaks(call))
}

// speaks is the code of the language that a caller's program speaks.
func speaks(call Call) string {
	lang, _, _ := strings.Cut(strings.ToLower(call.By.Lang), "-")
	return lang
}

// translates is a language if quotes are translated into it in the place of a call; "" if not.
func (b *Bot) translates(ctx context.Context, call Call, ed *edition, lang string) string {
	if languages[lang] == "" || lang == ed.lang() || !b.uses(ctx, call, Translation) {
		return ""
	}
	return lang
}

// lang is the language of the folder.
func (ed *edition) lang() string { return ed.answers.Quote(nil, nil).Lang }

// translatable is a reply whose quotes are shown with a translation.
func (b *Bot) translatable(reply Reply, lang string) Reply {
	for i, a := range reply.Actions {
		if lang != "" && a.Call.Command == "quotes" {
			reply.Actions[i] = Action{b.words.say("quotes.button.lang", map[string]any{"Language": languages[lang]}),
				Call{Command: "quotes", Args: map[string]string{"ref": a.Call.Args["ref"], "lang": lang}}}
		}
	}
	return reply
}

// reread looks a question up again as a model understands it: one that leans on another by itself, and one in another language
// in that of the texts. What the model writes is only looked up, and shown above what is found. note is why it was not, "" if it
// did not have to be.
func (b *Bot) reread(ctx context.Context, a asked, ans answer.Answer) (read asked, found answer.Answer, note string) {
	foreign, name := ans.Foreign || a.ed.answers.Foreign(a.q.Text), languages[a.ed.lang()]
	if lang := speaks(a.call); ans.Kind == answer.Refused && languages[lang] != "" && lang != a.ed.lang() {
		foreign = true // few words are enough to ask, and too few to tell the language by
	}
	if !foreign && (a.q.After == "" || !a.ed.answers.Leans(a.q.Text)) || name == "" || !b.uses(ctx, a.call, Rereading) {
		return a, ans, ""
	}
	shown := b.laidOut(a, ans)
	shown.Note = b.words.Say("model.reading")
	a.call.show(shown)
	done, err := b.write(ctx, a.call, prompts.Rewrite(a.q.Text, a.q.After, name), a.ed.key(a.q.Text, a.q.After), nil)
	if err != nil {
		return a, ans, b.words.Say(either(spent(err), "model.unread.spent", "model.unread.failed"))
	}
	texts := prompts.Texts(done.Text)
	if len(texts) == 0 {
		return a, ans, ""
	}
	again := strings.Join(strings.Fields(texts[0]), " ")
	if utf8.RuneCountInString(again) > answer.MaxQuestion || !a.ed.answers.Asks(again, a.q.Text+" "+a.q.After) {
		ans.Foreign = false // it was understood, and has words that the texts do not have
		return a, ans, ""
	}
	found = a.ed.answers.Answer(answer.Question{Text: again})
	if found.Kind == answer.Refused && (ans.Kind != answer.Refused || found.Foreign) {
		return a, ans, ""
	}
	if len(texts) > 1 && foreign && a.lang == "" {
		a.lang = b.translates(ctx, a.call, a.ed, strings.ToLower(texts[1]))
	}
	a.q = answer.Question{Text: again}
	return a, found, ""
}

// translated are the texts of passages in another language, "" for one that could not be had or whose numbers do not agree;
// nil when there are none at all, with why if the budget does not allow them.
func (b *Bot) translated(ctx context.Context, call Call, ed *edition, passages []*knowledge.Passage, lang string) ([]string, error) {
	var texts, key []string
	for _, p := range passages {
		texts, key = append(texts, p.Text()), append(key, answer.Print(p))
	}
	p := prompts.Translate(texts, languages[lang])
	done, err := b.write(ctx, call, p, lang+"\x00"+strings.Join(key, "\x00"), nil)
	all := prompts.Texts(done.Text)
	if err != nil || len(all) != len(texts) {
		return nil, err
	}
	for i, t := range all {
		all[i] = strings.Join(strings.Fields(t), " ")
		if p.Repeats(all[i]) || !proof.Translates(texts[i], all[i]) {
			all[i] = ""
		}
	}
	if !slices.ContainsFunc(all, func(t string) bool { return t != "" }) {
		return nil, nil
	}
	return all, nil
}
