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

func TestDump(t *testing.T) {
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
		for j, p := range a.Paragraphs {
			fs[fmt.Sprintf("%03d-%d.md", i, j)] = &fstest.MapFile{Data: []byte(fmt.Sprintf("# %s\n\n%s\n", strings.ReplaceAll(a.Title, "_", " "), p.Context))}
		}
	}
	base, _ := knowledge.Load(fs)
	a := New(base)
	f, _ := os.Create("/tmp/dump.txt")
	defer f.Close()
	n := 0
	for ai, ar := range x.Data {
		for _, p := range ar.Paragraphs {
			for _, qa := range p.Qas {
				n++
				q := a.main.index.Parse(qa.Question)
				in := readIntent(qa.Question)
				hits := a.main.search(q, 10)
				for _, c := range a.main.picks(q, in, hits) {
					s := hits[c.hit].Passage.Blocks[c.block].Sentences[c.item].Text
					gold := 0
					for _, an := range qa.Answers {
						if strings.Contains(s, an.Text) {
							gold = 1
						}
					}
					fit := 0
					if in.fits(s) {
						fit = 1
					}
					fmt.Fprintln(f, n, ai, gold, c.Own, c.Context, c.Pairs, c.Letters, hits[c.hit].Score/hits[0].Score, fit, (hits[0].Score-hits[c.hit].Score), len(s), in.expects, c.n)
				}
			}
		}
	}
}
