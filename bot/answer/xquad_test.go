package answer

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"trilat/knowledge"
)

func TestTmp(t *testing.T) {
	data, err := os.ReadFile("../../../shared/qa/xquad.en.json")
	if err != nil {
		t.Skip(err)
	}
	var x struct {
		Data []struct {
			Title      string
			Paragraphs []struct {
				Context string
				Qas     []struct {
					Question string
					Answers  []struct{ Text string }
				}
			}
		}
	}
	json.Unmarshal(data, &x)
	fs := fstest.MapFS{}
	for i, a := range x.Data {
		var b strings.Builder
		fmt.Fprintf(&b, "# %s\n\n", strings.ReplaceAll(a.Title, "_", " "))
		for j, p := range a.Paragraphs {
			fmt.Fprintf(&b, "%s\n\n", p.Context)
			fs[fmt.Sprintf("%03d-%d.md", i, j)] = &fstest.MapFile{Data: []byte(b.String())}
			b.Reset()
			fmt.Fprintf(&b, "# %s\n\n", strings.ReplaceAll(a.Title, "_", " "))
		}
	}
	base, faults := knowledge.Load(fs)
	if base == nil {
		t.Fatal(faults)
	}
	a := New(base)
	fmt.Println(len(base.Passages), base.Passages[0].Lang, base.Passages[0].ID)
	one, two, n, oracle := 0, 0, 0, 0
	for _, ar := range x.Data {
		for _, p := range ar.Paragraphs {
			for _, qa := range p.Qas {
				n++
				q := a.main.index.Parse(qa.Question)
				hits := a.main.search(q, 10)
				if len(hits) == 0 {
					continue
				}
				cs := a.main.picks(q, readIntent(qa.Question), hits)
				has := func(c pick) bool {
					s := hits[c.hit].Passage.Blocks[c.block].Sentences[c.item].Text
					for _, an := range qa.Answers {
						if strings.Contains(s, an.Text) {
							return true
						}
					}
					return false
				}
				if has(cs[0]) {
					one++
				}
				if has(cs[0]) || len(cs) > 1 && has(cs[1]) {
					two++
				}
				for _, c := range cs {
					if has(c) {
						oracle++
						break
					}
				}
			}
		}
	}
	fmt.Printf("sentence %.2f two %.2f oracle %.2f\n", float64(one)/float64(n)*100, float64(two)/float64(n)*100, float64(oracle)/float64(n)*100)
}
