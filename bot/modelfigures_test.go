package bot

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"trilat/bot/answer"
	"trilat/bot/openai/standin"
	"trilat/bot/search"
	"trilat/knowledge"
	"trilat/prompts"
)

// What the figures may fall to, or rise to.
const (
	minHonest = 40  // honest claims that are kept, of a hundred and sixty
	maxLies   = 2   // lies that get through, none of them in a number, date, negation or speaker
	minSaved  = 0.3 // of the tokens of a thousand questions, by the cache
)

// The figures of a language model: go test ./bot -run TestModelFigures -v
func TestModelFigures(t *testing.T) {
	base, loading := knowledge.Load(knowledge.Shipped())
	if err := loading.Err(); err != nil {
		t.Fatal(err)
	}
	answers := answer.New(base)
	t.Run("honest claims kept", func(t *testing.T) {
		if kept := countKept(t, answers, base, "honest.yaml"); total(kept) < minHonest {
			t.Errorf("have %d, want at least %d", total(kept), minHonest)
		}
	})
	t.Run("lies that get through", func(t *testing.T) {
		kept := countKept(t, answers, base, "lies.yaml")
		if total(kept) > maxLies || kept["number"]+kept["date"]+kept["negation"]+kept["speaker"] > 0 {
			t.Errorf("have %v, want at most %d", kept, maxLies)
		}
	})
	t.Run("quotes proved", func(t *testing.T) { provesQuotes(t, answers, base) })
	t.Run("injections", func(t *testing.T) {
		tried, through := tryInjections(t)
		t.Logf("%d injections tried, %d got through", tried, through)
	})
	t.Run("time to check a draft", func(t *testing.T) { timesDrafts(t, answers, base) })
	t.Run("tokens of a thousand questions", savesTokens)
}

// madeClaim is an entry of answer/testdata/claims.
type madeClaim struct{ ID, Kind, Passage, Quote, Claim string }

// claims are those of a corpus, with the passages that they name.
func madeClaims(t testing.TB, base *knowledge.Base, name string) (kinds []string, all []answer.Claim) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("answer", "testdata", "claims", name))
	var made []madeClaim
	if err == nil {
		err = yaml.Unmarshal(data, &made)
	}
	if err != nil {
		t.Fatal(err)
	}
	ed := edition{base: base}
	for _, c := range made {
		kinds, all = append(kinds, c.Kind), append(all, answer.Claim{Text: c.Claim, Passage: ed.passage(c.Passage), Quote: c.Quote})
	}
	return kinds, all
}

// countKept proves each claim of a corpus by itself, and counts those that hold by their kind.
func countKept(t *testing.T, answers *answer.Answerer, base *knowledge.Base, name string) map[string]int {
	t.Helper()
	kinds, claims := madeClaims(t, base, name)
	tried, kept := map[string]int{}, map[string]int{}
	for i, c := range claims {
		tried[kinds[i]]++
		if ans, _ := answers.Prove([]answer.Claim{c}); len(ans.Statements) > 0 {
			kept[kinds[i]]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(tried)) {
		t.Logf("%-9s %3d of %3d", kind, kept[kind], tried[kind])
	}
	t.Logf("%-9s %3d of %3d (%.1f %%)", "all", total(kept), len(claims), 100*float64(total(kept))/float64(len(claims)))
	return kept
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// provesQuotes looks for the words that kept claims name in their passages, by other means than the check does.
func provesQuotes(t *testing.T, answers *answer.Answerer, base *knowledge.Base) {
	words := func(text string) string { return " " + strings.Join(search.Tokens(text), " ") + " " }
	kept, found := 0, 0
	for _, name := range []string{"honest.yaml", "lies.yaml", "held.yaml"} {
		_, claims := madeClaims(t, base, name)
		_, verdicts := answers.Prove(claims)
		for _, v := range verdicts {
			if len(v.Faults) > 0 {
				continue
			}
			kept++
			if strings.Contains(words(v.Passage.Text()), words(v.Quote)) {
				found++
			} else {
				t.Errorf("%q does not stand in %s", v.Quote, v.Passage.ID)
			}
		}
	}
	t.Logf("%d claims were kept, the quotes of %d stand in their passages", kept, found)
	if kept == 0 {
		t.Error("have no claims")
	}
}

// timesDrafts checks drafts of five claims, each several times, of which the fastest counts: the others tell of the machine.
func timesDrafts(t *testing.T, answers *answer.Answerer, base *knowledge.Base) {
	var took []time.Duration
	for _, name := range []string{"honest.yaml", "lies.yaml", "held.yaml"} {
		_, claims := madeClaims(t, base, name)
		for draft := range slices.Chunk(claims, 5) {
			fastest := time.Hour
			for range 5 {
				begun := time.Now()
				answers.Prove(draft)
				fastest = min(fastest, time.Since(begun))
			}
			took = append(took, fastest)
		}
	}
	slices.Sort(took)
	t.Logf("%d drafts of five claims: half of them within %v, 99 of 100 within %v", len(took), took[len(took)/2], took[len(took)*99/100])
}

// savesTokens asks a thousand questions as a crowd does, a few of them often and most of them seldom, in other letters each time.
func savesTokens(t *testing.T) {
	data, err := os.ReadFile("../knowledge/questions.yaml")
	var all []struct{ Question string }
	if err == nil {
		err = yaml.Unmarshal(data, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	asked := 1000
	if raced {
		asked = 100
	}
	chance := rand.New(rand.NewPCG(6, 1000))
	often := rand.NewZipf(chance, 1.1, 4, uint64(len(all)-1))
	order := chance.Perm(len(all))
	questions := make([]string, asked)
	for i := range questions {
		questions[i] = all[order[often.Uint64()]].Question
		if i%2 == 1 {
			questions[i] = strings.ToUpper(questions[i])
		}
	}
	on, calls := tokensOf(t, questions, true)
	off, without := tokensOf(t, questions, false)
	saved := 1 - float64(on)/float64(off)
	t.Logf("%d questions, %d of them different: %d tokens in %d calls with the cache, %d in %d without; %.0f %% are saved",
		asked, len(distinct(questions)), on, calls, off, without, 100*saved)
	if saved < minSaved {
		t.Errorf("%.2f are saved, want at least %.2f", saved, minSaved)
	}
}

func distinct(questions []string) map[string]bool {
	seen := map[string]bool{}
	for _, q := range questions {
		seen[strings.ToUpper(q)] = true
	}
	return seen
}

// tokensOf is what questions cost, each answered by a claim.
func tokensOf(t *testing.T, questions []string, cached bool) (tokens, calls int) {
	t.Helper()
	c := shipped(t)
	c.bot.store = nil
	c.withModel(t)
	c.model.does(func(r standin.Request) standin.Answer {
		text := `{"claims":[{"passage":1,"quote":"Three defence ministers signed the declaration.","text":"Three defence ministers signed the declaration."}]}`
		return standin.Answer{Pieces: []string{text}, In: prompts.Tokens(r.System + r.User), Out: prompts.Tokens(text)}
	})
	for i, q := range questions {
		if !cached {
			c.bot.writer.written.InvalidateAll()
		}
		call := Call{ID: strconv.Itoa(i), Command: "ask", By: person("ana"), Args: map[string]string{"question": q}}
		if _, err := c.bot.Do(t.Context(), call, func(Reply) {}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range c.model.Requests() {
		tokens += prompts.Tokens(r.System+r.User) + 50
	}
	return tokens, len(c.model.Requests())
}

// Whatever of a draft is kept, every marker has one source and every source a marker; the sources are those of the sentences that
// the claims rest on.
func TestEveryMarkerHasOneSourceAndBack(t *testing.T) {
	c := shipped(t)
	ed := c.bot.current.Load()
	var claims []answer.Claim
	for _, name := range []string{"honest.yaml", "lies.yaml", "held.yaml"} {
		_, more := madeClaims(t, ed.base, name)
		claims = append(claims, more...)
	}
	for i := range ed.base.Passages {
		p := &ed.base.Passages[i]
		for _, s := range p.Blocks[0].Sentences {
			claims = append(claims, answer.Claim{Text: s.Text, Passage: p, Quote: s.Text})
		}
	}
	chance := rand.New(rand.NewPCG(6, 6))
	kept, most := 0, 0
	drafts := 2000
	if raced {
		drafts = 100
	}
	for range drafts {
		var draft []answer.Claim
		for range 1 + chance.IntN(12) {
			draft = append(draft, claims[chance.IntN(len(claims))])
		}
		short, _ := ed.answers.Prove(draft)
		if len(short.Statements) == 0 {
			continue
		}
		kept, most = kept+1, max(most, len(short.Sources))
		r := c.bot.present(ed, short, "What is known?", false)
		if fault := misnumbered(r, ed.base); fault != "" {
			t.Fatalf("%s in %v", fault, r.Text)
		}
	}
	t.Logf("%d drafts were kept, the longest with %d sources", kept, most)
	if kept == 0 || most < 3 {
		t.Error("have too few")
	}
}

// misnumbered is what is wrong with the markers of a reply; "" for nothing.
func misnumbered(r Reply, base *knowledge.Base) string {
	var first []int
	for _, m := range citation.FindAllStringSubmatch(r.Text, -1) {
		if n, _ := strconv.Atoi(m[1]); !slices.Contains(first, n) {
			first = append(first, n)
		}
	}
	for i, n := range first {
		if n != i+1 {
			return fmt.Sprintf("the markers come as %v", first)
		}
	}
	if len(first) != len(r.Sources) {
		return fmt.Sprintf("%d markers for %d sources", len(first), len(r.Sources))
	}
	for i, s := range r.Sources {
		if s.N != i+1 {
			return fmt.Sprintf("source %d has the number %d", i+1, s.N)
		}
	}
	for _, st := range r.Answer.Statements {
		if !strings.Contains(r.Text, st.Text+" "+cites(st)) || len(st.Cites) == 0 || !restsOn(base, st, r.Sources) {
			return fmt.Sprintf("%q cites %v", st.Text, st.Cites)
		}
	}
	return ""
}

// restsOn reports whether what a statement cites are the sources of a sentence of its passage.
func restsOn(base *knowledge.Base, st answer.Statement, of []Source) bool {
	for _, b := range st.Passage.Blocks {
		for _, s := range b.Sentences {
			same := len(s.Sources) == len(st.Cites)
			for i := 0; same && i < len(s.Sources); i++ {
				same = slices.ContainsFunc(st.Cites, func(n int) bool { return of[n-1].Source == base.Sources[s.Sources[i]] })
			}
			if same {
				return true
			}
		}
	}
	return false
}
