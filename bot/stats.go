package bot

import (
	"context"
	"strconv"
	"time"
)

// What /stats counts when no number of days is named, and at most.
const (
	countedDays = 30
	maxDays     = 366
	mostTopics  = 10
	mostDays    = 14
)

// stats counts what a server has asked, and nothing about single people.
func (b *Bot) stats(ctx context.Context, call Call) (Reply, error) {
	days := countedDays
	if typed := call.Args["days"]; typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 || n > maxDays {
			return b.say(b.words.count("stats.unread", maxDays)), nil
		}
		days = n
	}
	s, err := b.store.Stats(ctx, call.In.Server, b.now().AddDate(0, 0, -days))
	if err != nil {
		return Reply{}, down(err)
	}
	var asked, answered, refused, liked, unliked int
	var byDay, byTopic []string
	for i, d := range s.Days {
		asked, answered, refused, liked, unliked = asked+d.Asked, answered+d.Answered, refused+d.Refused, liked+d.Helpful, unliked+d.Unhelpful
		if i >= len(s.Days)-mostDays {
			date, _ := time.Parse(time.DateOnly, d.Date)
			byDay = append(byDay, b.words.say("stats.day", map[string]any{"Date": date.Format(day), "Asked": d.Asked, "Answered": d.Answered, "Refused": d.Refused, "Helpful": d.Helpful, "Unhelpful": d.Unhelpful}))
		}
	}
	for _, t := range s.Topics[:min(len(s.Topics), mostTopics)] {
		byTopic = append(byTopic, t.Name+": "+strconv.Itoa(t.Count))
	}
	text := b.words.say("stats.head", map[string]any{"Days": b.words.count("days", days), "Asked": b.words.count("questions", asked), "Answered": answered,
		"Refused": refused, "Helpful": liked, "Unhelpful": unliked, "Open": s.Open, "Closed": s.Closed})
	if len(byDay) > 0 {
		text += "\n" + b.words.Say("stats.days") + items(byDay)
	}
	if len(byTopic) > 0 {
		text += "\n" + b.words.Say("stats.topics") + items(byTopic)
	}
	return b.say(text), nil
}
