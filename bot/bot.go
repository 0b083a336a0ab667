// Package bot is what people can do with trilat, whatever they do it with.
//
// Everything goes through one door: [Bot.Do] takes a [Call] and returns a [Reply]. Slash commands, buttons, mentions and
// the terminal all become a Call; a Reply knows neither Discord nor a terminal. What can be called is one table,
// [Commands]: fronts register, help and complete from it and list nothing themselves.
//
// The package reads no clock and speaks to no network.
package bot

import (
	"context"
	"errors"
	"fmt"

	"trilat/bot/answer"
	"trilat/knowledge"
)

// Config is what a Bot is made of.
type Config struct {
	Knowledge *knowledge.Base // required
}

// Bot answers calls. It may be used by several goroutines.
type Bot struct {
	answers *answer.Answerer
	words   Words
	base    *knowledge.Base
}

// New prepares a Bot; indexing the folder takes milliseconds per hundred passages.
func New(c Config) (*Bot, error) {
	if c.Knowledge == nil {
		return nil, errors.New("a bot needs knowledge")
	}
	w, err := NewWords("en")
	if err != nil {
		return nil, err
	}
	return &Bot{base: c.Knowledge, answers: answer.New(c.Knowledge), words: w}, nil
}

// Answers is the part of the bot that ranks and answers, for tools that measure it.
func (b *Bot) Answers() *answer.Answerer { return b.answers }

// Revision is that of the folder that is answered from.
func (b *Bot) Revision() string { return b.base.Revision }

// Call is what somebody wants.
type Call struct {
	Command string
	Args    map[string]string // by the name of a Param
}

// Reply is what they get.
type Reply struct {
	// Text is for people, with markers [1] that refer to Sources.
	Text string
	// Plain is Text without markers.
	Plain   string
	Sources []answer.Source
	// Answer is what the text was made from; nil when the reply is no answer to a question.
	Answer *answer.Answer
}

// Do runs a call. show is for a reply that grows; the returned one is final. What a person did wrong is a Reply, what
// the bot could not do is an error.
func (b *Bot) Do(ctx context.Context, call Call, show func(Reply)) (Reply, error) {
	for _, c := range Commands() {
		if c.Name == call.Command {
			reply, err := c.run(b, ctx, call)
			if err != nil {
				return Reply{}, fmt.Errorf("run %s: %w", call.Command, err)
			}
			return reply, nil
		}
	}
	return b.say(b.words.say("command.unknown", map[string]any{"Name": call.Command})), nil
}

func (b *Bot) say(text string) Reply { return Reply{Text: text, Plain: text} }
