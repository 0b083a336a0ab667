package search

import (
	"math"
	"math/bits"
	"slices"
	"strings"
)

// Sketch is a text made ready for being compared with many others, word by word. It never changes.
type Sketch struct {
	words []sketched
	mass  float32
}

// sketched is a telling word of a text.
type sketched struct {
	key     string
	terms   []weighted // what it may stand for in the passages
	senses  []int      // lines of englishNear
	typed   []rune
	letters uint64
	mass    float32
	name    bool // or a number
	number  bool
}

// Likeness is what two texts have in common. Shares are of what a text says, by how much its words tell.
type Likeness struct {
	// Shared is the share that both say: of that text of which it is less, so 1 when neither says more than the other.
	Shared float64
	// Apart is the share that each says and the other does not: of that text of which it is less.
	Apart float64
	// Named is the share that only one says in names and numbers: of that text of which it is more.
	Named float64
	// Clash reports that each has a name or a number that the other does not.
	Clash bool
}

// Sketch makes a text ready; what is said beside it counts weight times as much. Only sketches of one Index can be
// compared.
func (ix *Index) Sketch(text, beside string, weight float32) Sketch {
	q := ix.InContext(ix.Parse(text), beside, weight)
	s := Sketch{words: make([]sketched, len(q.Slots))}
	for i, slot := range q.Slots {
		w := sketched{key: slot.key, terms: slot.terms, senses: ix.an.senses[slot.key], typed: []rune(slot.Word), letters: letters(slot.Word),
			// Words that are common here tell two questions apart too: the root brings them nearer to rare ones.
			mass: float32(math.Sqrt(float64(slot.Telling))), name: slot.Name || ix.isName(slot)}
		if n, ok := numerals[slot.Word]; ok {
			w.key = n
		}
		w.number = strings.Trim(w.key, "0123456789") == ""
		w.name = w.name || w.number
		s.words[i] = w
		s.mass += w.mass
	}
	return s
}

// isName reports whether the passages write a word, or what it is a misspelling of, as a name.
func (ix *Index) isName(slot Slot) bool {
	word := slot.Word
	if len(slot.Near) > 0 {
		word = slot.Near[0]
	}
	w, ok := ix.surfaceOf[word]
	return ok && 2*ix.surfaces[w].named >= ix.surfaces[w].count
}

// Likeness compares two sketches; it is the same from either side.
func (s Sketch) Likeness(o Sketch) Likeness {
	var mine, theirs [maxSlots]float32
	for i := range s.words {
		for j := range o.words {
			same := s.words[i].means(&o.words[j])
			mine[i], theirs[j] = max(mine[i], same), max(theirs[j], same)
		}
	}
	held, named := s.held(&mine)
	theirHeld, theirNamed := o.held(&theirs)
	return Likeness{
		Shared: float64(min(held, theirHeld)),
		Apart:  float64(1 - max(held, theirHeld)),
		Named:  float64(max(named, theirNamed)),
		Clash:  named > 0 && theirNamed > 0,
	}
}

// held is the share of a text that another has, by how far it has each word; named is the share of names that it lacks.
func (s Sketch) held(shares *[maxSlots]float32) (held, named float32) {
	for i := range s.words {
		w := &s.words[i]
		held += w.mass * shares[i]
		if w.name && shares[i] == 0 {
			named += w.mass
		}
	}
	if s.mass == 0 {
		return 0, 0
	}
	return held / s.mass, named / s.mass
}

// How far two words mean the same that are not written the same.
const (
	standsShare   = 0.85 // they may stand for one word of the passages
	senseShare    = 0.8
	misspeltShare = 0.85
)

// means is how far two words mean the same.
func (w *sketched) means(o *sketched) float32 {
	switch {
	case w.key == o.key:
		return 1
	case w.number || o.number:
		return 0
	case slices.ContainsFunc(w.terms, o.standsFor):
		return standsShare
	case slices.ContainsFunc(w.senses, func(sense int) bool { return slices.Contains(o.senses, sense) }):
		return senseShare
	case w.misspells(o):
		return misspeltShare
	}
	return 0
}

func (w *sketched) standsFor(term weighted) bool {
	return slices.ContainsFunc(w.terms, func(own weighted) bool { return own.id == term.id })
}

// misspells reports whether one of two words seems to be the other with letters wrong. One of them must be new to the
// passages: words that both are there are two words.
func (w *sketched) misspells(o *sketched) bool {
	long := max(len(w.typed), len(o.typed))
	if long < 5 || long > longestWord || w.typed[0] != o.typed[0] || len(w.terms) > 0 && len(o.terms) > 0 {
		return false
	}
	limit := edits(long + 1)
	if w.name || o.name {
		limit = 1
	}
	return bits.OnesCount64(w.letters^o.letters) <= 2*limit && distance(w.typed, o.typed, limit) <= limit
}

// numerals are words for numbers that people write in either way. "One" is rarely a number.
var numerals = map[string]string{
	"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
	"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6",
}

// englishNear are words that ask for the same in questions about any subject, a group a line.
const englishNear = `
cost costs pay paid price expensive budget money spend finance fund charge
begin start launch commence
end expire expiry finish terminate stop
soldier soldiers troop troops personnel servicemen
exercise exercises drill drills manoeuvre manoeuvres training
buy purchase procure procurement acquire acquisition
sell sale export
get receive obtain
give send deliver provide supply
join accede enter member membership belong
leave quit withdraw exit
weapon weapons arms armament
find download locate access
allow allowed permit may possible
forbid forbidden ban prohibit
plan plans planned planning intend schedule
big large size
frequent frequently often
why cause motive
profit benefit gain advantage
harm harmful hurt bad damage
apply register enlist volunteer enrol
mandatory compulsory obligatory
open available
contact reach
mention mentioned contain include included cover covered
translate translation translator version
write wrote written author
sign signed signature signatory
approve approved approval endorse endorsed
ratify ratified ratification
publish published publication release released
build produce manufacture make develop
meet meeting summit talks
country countries state states nation nations
happen becomes become occur
name called call
lawsuit sue court
protest protesting object objection
explain definition define mean meaning
use used using shared
`
