package knowledge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// kept is a passage as it is stored, with the sources that it cites.
type kept struct {
	Passage
	Cited map[string]Source `json:"cited,omitempty"`
}

// Encode writes a passage as JSON, with those of the sources that it cites, so that it can be quoted when the folder
// does not have it any more. Equal passages make equal texts.
func Encode(p Passage, sources map[string]Source) (string, error) {
	k := kept{Passage: p, Cited: map[string]Source{}}
	for _, b := range p.Blocks {
		for _, s := range b.Sentences {
			for _, id := range s.Sources {
				if src, ok := sources[id]; ok {
					k.Cited[id] = src
				}
			}
		}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(k); err != nil {
		return "", fmt.Errorf("encode passage %s: %w", p.ID, err)
	}
	return string(bytes.TrimSpace(text.Bytes())), nil
}

// Decode reads what [Encode] wrote, also when it was written by another version.
func Decode(text string) (Passage, map[string]Source, error) {
	var k kept
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return Passage{}, nil, fmt.Errorf("decode a passage: %w", err)
	}
	return k.Passage, k.Cited, nil
}

// Of is a Base of passages that come from no folder, such as those that [Decode] read. It has no revision.
func Of(passages []Passage, sources map[string]Source) *Base {
	return &Base{Passages: passages, Sources: sources}
}

// blockKinds are the names of the kinds of blocks, as they are stored.
var blockKinds = []string{Prose: "prose", List: "list", Table: "table"}

// MarshalText names the kind, so that what is stored does not depend on the order of the constants.
func (k BlockKind) MarshalText() ([]byte, error) {
	if k < 0 || int(k) >= len(blockKinds) {
		return nil, fmt.Errorf("there is no kind of block %d", k)
	}
	return []byte(blockKinds[k]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (k *BlockKind) UnmarshalText(text []byte) error {
	i := slices.Index(blockKinds, string(text))
	if i < 0 {
		return fmt.Errorf("there is no kind of block %q", text)
	}
	*k = BlockKind(i)
	return nil
}
