package bot

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trilat/bot/answer"
	"trilat/knowledge"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shelfBot is a bot on the folder in testdata.
func shelfBot(t testing.TB) *Bot {
	t.Helper()
	base, faults := knowledge.Load(os.DirFS("testdata/library"))
	if base == nil {
		t.Fatal(faults.Err())
	}
	b, err := New(Config{Knowledge: base})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rememberingBot is one with a store.
func rememberingBot(t testing.TB) *Bot {
	t.Helper()
	b := shelfBot(t)
	b.store = memory(t, b.now)
	return b
}

func do(t *testing.T, b *Bot, call Call) Reply {
	t.Helper()
	reply, err := b.Do(t.Context(), call, func(Reply) { t.Error("a quote is not shown while it grows") })
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func ask(t *testing.T, question string) Reply {
	t.Helper()
	return do(t, shelfBot(t), Call{Command: "ask", Args: map[string]string{"question": question}})
}

// golden compares a text with a file, or writes the file anew.
func golden(t *testing.T, file, have string) {
	t.Helper()
	want, err := os.ReadFile(file)
	if *update {
		err = os.WriteFile(file, []byte(have), 0o644)
		want = []byte(have)
	}
	if err != nil {
		t.Fatal(err)
	}
	if have != string(want) {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

func TestPlainIsTheTextWithoutMarkers(t *testing.T) {
	markers := regexp.MustCompile(` (\[\d+\])+`)
	for _, question := range []string{"When is the library open?", "What can be borrowed?", "Who won the match?", ""} {
		r := ask(t, question)
		if have, want := r.Plain, markers.ReplaceAllString(r.Text, ""); have != want {
			t.Errorf("%q: have %q, want %q", question, have, want)
		}
	}
}

func TestARefusalNamesTheClosestPassages(t *testing.T) {
	r := ask(t, "Does the granary sell bread?")
	if r.Answer.Kind != answer.Refused || len(r.Answer.Closest) == 0 {
		t.Fatalf("have %+v, want a refusal with what comes closest", r.Answer)
	}
	if len(r.Sources) > 0 || len(r.Answer.Statements) > 0 {
		t.Error("a refusal states nothing")
	}
	for _, p := range r.Answer.Closest {
		if !strings.Contains(r.Text, "\n- "+p.Title()) {
			t.Errorf("have %q without %q", r.Text, p.Title())
		}
	}
}

// A question that is too long is not looked up, however well the folder covers it.
func TestALongQuestionIsRefused(t *testing.T) {
	open := "When is the library open? "
	long := strings.Repeat(open, 10_000/len(open)+1)[:10_000]
	b := shelfBot(t)
	for name, args := range map[string]map[string]string{
		"the question":      {"question": long},
		"the one before it": {"question": open, "after": long},
		"by one character":  {"question": strings.Repeat("č", answer.MaxQuestion+1)},
	} {
		r := do(t, b, Call{Command: "ask", Args: args})
		if !strings.Contains(r.Text, "too long") || !strings.Contains(r.Text, strconv.Itoa(answer.MaxQuestion)) {
			t.Errorf("%s: have %q", name, r.Text)
		}
		if r.Answer.Kind != answer.Refused || len(r.Sources) > 0 {
			t.Errorf("%s: have %s with %d sources, want a refusal", name, r.Answer.Kind, len(r.Sources))
		}
	}
	if r := ask(t, strings.Repeat("č", answer.MaxQuestion)); strings.Contains(r.Text, "too long") {
		t.Error("the longest question that is allowed is refused as too long")
	}
}

func TestEverySourceIsCited(t *testing.T) {
	for _, question := range []string{"When is the library open?", "What can be borrowed?", "What does the school wish for?"} {
		r := ask(t, question)
		for i, s := range r.Sources {
			if s.N != i+1 || len(s.CitedBy) == 0 || !strings.Contains(r.Text, fmt.Sprintf("[%d]", s.N)) {
				t.Errorf("%q: source %d is %+v, and the text %q", question, i+1, s, r.Text)
			}
		}
		for _, st := range r.Answer.Statements {
			if len(st.Cites) == 0 || !slices.IsSorted(st.Cites) || !strings.Contains(r.Text, st.Text) {
				t.Errorf("%q: statement %+v in the text %q", question, st, r.Text)
			}
		}
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		party, text string
		want        bool
	}{
		{"Ana Zupan", "Ana Zupan wants a roof.", true},
		{"Ana Zupan", "A roof is what Zupan's voters want.", true},
		{"Ana Župan", "A roof is what Zupan wants.", true},
		{"Ana Zupan", "Ana wants a roof.", false},
		{"Edi Rama", "Ramadan begins.", false},
		{"Serbia", "Serbia objects.", true},
		{"Serbia", "Serbian papers object.", false},
		{"Croatia's Ministry of Defence", "Croatia’s Ministry of Defence said so.", true},
		{"Croatia's Ministry of Defence", "Croatia promises defence.", false},
		{"Croatia's government", "The government falls.", false},
		{"the seed article", "The article says so.", true},
		{"?", "Who knows?", false},
	}
	for _, tt := range tests {
		if have := names(tt.text, tt.party); have != tt.want {
			t.Errorf("%q names %q: have %v, want %v", tt.text, tt.party, have, tt.want)
		}
	}
}

func TestABotNeedsKnowledge(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("have no error")
	}
}
