package answer

import (
	"fmt"
	"strings"
)

// Explain says, for people, why a hit of [Answerer.Search] ranks where it does.
func (a *Answerer) Explain(query string, h Hit) string {
	var b strings.Builder
	p := h.Parts
	fmt.Fprintf(&b, "   words %.2f, neighbours %.2f, near each other %.2f, best sentence %.2f, held altogether %.2f, asked like this %.2f, letters %.2f\n",
		p.Words, p.Pairs, p.Proximity, p.Sentence, p.Held, p.Asked, p.Letters)
	return b.String()
}
