package knowledge

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAPassageIsKeptWithWhatItCites(t *testing.T) {
	b, faults := Load(Shipped())
	if b == nil {
		t.Fatal(faults)
	}
	for _, p := range b.Passages {
		text, err := Encode(p, b.Sources)
		if err != nil {
			t.Fatalf("%s: %v", p.ID, err)
		}
		have, sources, err := Decode(text)
		if err != nil || !reflect.DeepEqual(have, p) {
			t.Errorf("%s: have %v (%v), want %v", p.ID, have, err, p)
		}
		cites := map[string]Source{}
		for _, block := range p.Blocks {
			for _, s := range block.Sentences {
				for _, id := range s.Sources {
					cites[id] = b.Sources[id]
				}
			}
		}
		if !reflect.DeepEqual(sources, cites) {
			t.Errorf("%s: have the sources %v, want %v", p.ID, sources, cites)
		}
	}
}

// What is stored outlives the program: these are the names that old rows have.
func TestTheStoredFormStaysReadable(t *testing.T) {
	const text = `{"id":"en/pact#who","file":"en/pact.md","heading":["The pact","Who <b>"],"lines":[9,11],"lang":"en",` +
		`"also":["by whom"],"answers":["abcdefghij"],"disputes":["en/pact#why"],` +
		`"blocks":[{"kind":"prose","sentences":[{"text":"Three did.","sources":["S1"],"lines":[11,11]}]},` +
		`{"kind":"list","sentences":[{"text":"One","lines":[12,12]}]},{"kind":"table","sentences":[{"text":"A: b","lines":[13,13]}]}],` +
		`"kind":"position","status":"claim","party":"Ana","said":"2025-03","as_of":"2025","reviewed":"2025-03-18","order":3,"figures":{"a":"1"},` +
		`"cited":{"S1":{"publisher":"P","title":"T","url":"https://example.org","date":"D","lang":"en","note":"N"}}}`
	p, sources, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if have, err := Encode(p, sources); err != nil || have != text {
		t.Errorf("have %s (%v)\nwant %s", have, err, text)
	}
}

func TestDecodeReadsWhatOtherVersionsWrote(t *testing.T) {
	for _, tt := range []struct{ text, fails string }{
		{`{"id":"a#b","colour":"red","blocks":[{"sentences":[{"text":"x"}],"size":1}]}`, ""},
		{`{}`, ""},
		{``, "decode a passage"},
		{`[]`, "decode a passage"},
		{`{"blocks":[{"kind":"poem"}]}`, `there is no kind of block "poem"`},
	} {
		_, _, err := Decode(tt.text)
		if (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
			t.Errorf("%s: have the error %v, want %q", tt.text, err, tt.fails)
		}
	}
	if text, err := Encode(Passage{Blocks: []Block{{Kind: Table + 1}}}, nil); err == nil {
		t.Errorf("have %s of a block that is of no kind, want an error", text)
	}
}

// Whatever a folder says is kept word for word, and what was read is written as it was.
func FuzzKeep(f *testing.F) {
	f.Add("# A\n\nB. C.[^1]\n\n- d\n\n| e | f |\n|---|---|\n| g | h |\n\n[^1]: i <https://example.org>", `{"id":"a"}`)
	f.Add("---\nkind: claim\nsaid: 2025\nheadings:\n  a: {also: [x], figures: {n: 1}}\n---\n# A\n\n<b>\\<&amp;\u2028", `{"blocks":[{"kind":"list"}]}`)
	f.Fuzz(func(t *testing.T, markdown, stored string) {
		again := func(p Passage, sources map[string]Source) {
			text, err := Encode(p, sources)
			if err != nil {
				t.Fatal(err)
			}
			read, cited, err := Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if have, err := Encode(read, cited); err != nil || have != text || read.Text() != p.Text() {
				t.Errorf("have %s (%v), want %s", have, err, text)
			}
		}
		if p, sources, err := Decode(stored); err == nil {
			again(p, sources)
		}
		if b, _ := Load(fstest.MapFS{"a.md": {Data: []byte(markdown)}}); b != nil {
			for _, p := range b.Passages {
				again(p, b.Sources)
			}
		}
	})
}
