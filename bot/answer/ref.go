package answer

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"trilat/knowledge"
)

// maxRef is the longest [Answer.Ref], in characters: short enough to travel in a button with the name of a command
// and the id of a receipt.
const maxRef = 70

// A ref is base64 of a version, whether the question asked for the latest state, and for each passage a hash of its id,
// a hash of what it says, and which of its sentences are quoted, a bit each behind the number of bytes they take.
const (
	refVersion = 1
	keySize    = 4 // 32 bits: two of a thousand passages share a key once in ten thousand folders
	printSize  = 2
)

var refCode = base64.RawURLEncoding

// Key is a short name of a passage that stays the same as long as its ID does.
func Key(p *knowledge.Passage) string { return refCode.EncodeToString(keyOf(p)) }

func keyOf(p *knowledge.Passage) []byte {
	sum := sha256.Sum256([]byte(p.ID))
	return sum[:keySize]
}

// Print is a fingerprint of what a passage says, who says it, when and as what. It stays the same, in every version of the
// program, until one of these changes.
func Print(p *knowledge.Passage) string { return hex.EncodeToString(printOf(p, longPrint)) }

// longPrint is how many bytes tell two texts apart that may be years apart.
const longPrint = 8

// printOf is the first n bytes of a passage's fingerprint.
func printOf(p *knowledge.Passage, n int) []byte {
	hash := sha256.New()
	for _, part := range []string{strings.Join(strings.Fields(p.Text()), " "), p.Party, string(p.Said), string(p.Status), string(p.Kind)} {
		hash.Write(append([]byte(part), 0))
	}
	return hash.Sum(nil)[:n]
}

// Ref is a short text from which [Answerer.Recall] makes the answer again, also after a restart. It holds no words of
// the question. An answer from more passages than fit is referred to by the first of them; a refusal has none.
func (a Answer) Ref() string {
	if len(a.Statements) == 0 {
		return ""
	}
	now := byte(0)
	if a.AsksNow {
		now = 1
	}
	ref := []byte{refVersion, now}
	for _, p := range a.Passages() {
		var quoted []int
		for _, st := range a.Statements {
			if st.Passage == p {
				quoted = append(quoted, st.number())
			}
		}
		bits := make([]byte, slices.Max(quoted)/8+1)
		for _, n := range quoted {
			bits[n/8] |= 1 << (n % 8)
		}
		more := slices.Concat(ref, keyOf(p), printOf(p, printSize), binary.AppendUvarint(nil, uint64(len(bits))), bits)
		if refCode.EncodedLen(len(more)) > maxRef {
			break
		}
		ref = more
	}
	return refCode.EncodeToString(ref)
}

// Passages are those that the answer quotes, in the order of its statements.
func (a Answer) Passages() []*knowledge.Passage {
	var all []*knowledge.Passage
	for _, st := range a.Statements {
		if !slices.Contains(all, st.Passage) {
			all = append(all, st.Passage)
		}
	}
	return all
}

// First reports whether the statement is the first sentence of its passage.
func (st Statement) First() bool { return st.at == 0 }

// number is which sentence of its passage a statement is, counted through all blocks.
func (st Statement) number() int {
	block, item := st.at>>16, st.at&0xffff
	for _, b := range st.Passage.Blocks[:block] {
		item += len(b.Sentences)
	}
	return item
}

// Recall is the answer that a ref stands for, as the folder has it now. changed reports whether what it quoted reads
// otherwise by now, in which case the passage is quoted whole, or is gone; an answer of which nothing is left, or a ref
// that is none, is a refusal.
func (a *Answerer) Recall(ref string) (ans Answer, changed bool) {
	ans = a.refused()
	data, err := refCode.DecodeString(ref)
	if err != nil || len(data) < 2 || data[0] != refVersion {
		return ans, true
	}
	ans.AsksNow = data[1] == 1
	for data = data[2:]; len(data) > 0; {
		key, print, bits, rest, ok := cutRef(data)
		if !ok {
			return a.refused(), true
		}
		data = rest
		p := a.byKey(key)
		if p == nil {
			changed = true
			continue
		}
		same := bytes.Equal(print, printOf(p, printSize))
		changed = changed || !same
		for _, st := range whole(p) {
			if n := st.number(); !same || n/8 < len(bits) && bits[n/8]&(1<<(n%8)) != 0 {
				ans.Statements = append(ans.Statements, st)
			}
		}
	}
	a.finish(&ans)
	return ans, changed || len(ans.Statements) == 0
}

// cutRef reads what a ref says of one passage; rest is what stands behind it.
func cutRef(data []byte) (key, print, bits, rest []byte, ok bool) {
	if len(data) < keySize+printSize {
		return nil, nil, nil, nil, false
	}
	key, print, data = data[:keySize], data[keySize:keySize+printSize], data[keySize+printSize:]
	size, n := binary.Uvarint(data)
	if n <= 0 || size > uint64(len(data)-n) {
		return nil, nil, nil, nil, false
	}
	return key, print, data[n : n+int(size)], data[n+int(size):], true
}

// Passage is the passage with a [Key]; nil when the folder has none.
func (a *Answerer) Passage(key string) *knowledge.Passage {
	data, err := refCode.DecodeString(key)
	if err != nil {
		return nil
	}
	return a.byKey(data)
}

// Quote is an answer made of the statements of some passages that keep holds; nil keeps them all.
func (a *Answerer) Quote(passages []*knowledge.Passage, keep func(Statement) bool) Answer {
	var all []Statement
	for _, p := range passages {
		for _, st := range whole(p) {
			if keep == nil || keep(st) {
				all = append(all, st)
			}
		}
	}
	return a.of(all)
}

// of is the answer that says some statements.
func (a *Answerer) of(statements []Statement) Answer {
	ans := a.refused()
	ans.Statements = statements
	a.finish(&ans)
	return ans
}

// refused is the answer that says nothing.
func (a *Answerer) refused() Answer {
	return Answer{Kind: Refused, Threshold: a.main.threshold, Lang: a.main.lang}
}

// finish gives an answer whose statements are chosen its kind and sources.
func (a *Answerer) finish(ans *Answer) {
	if len(ans.Statements) == 0 {
		return
	}
	ans.Kind = kindOf(ans.Statements[0].Passage.Kind)
	a.cite(ans)
}

func (a *Answerer) byKey(key []byte) *knowledge.Passage {
	if len(key) != keySize {
		return nil
	}
	return a.keys[[keySize]byte(key)]
}

// whole are all statements of a passage.
func whole(p *knowledge.Passage) []Statement {
	var all []Statement
	for b, block := range p.Blocks {
		for i := range block.Sentences {
			all = append(all, statement(p, pick{block: b, item: i}))
		}
	}
	return all
}
