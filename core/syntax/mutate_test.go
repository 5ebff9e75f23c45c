package syntax

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// words are what the random texts are made of, beside what the corpus has.
const words = `and break do else elseif end false for function goto if in local nil not or repeat return then true until while
+ - * / % ^ # == ~= <= >= < > = ( ) { } [ ] ; : , . .. ... :: a b global const 1 2.5 'x' f() a.b x=1`

func TestSameVerdictOnMutatedStatements(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields(words)
	rounds := 40_000
	if testing.Short() {
		rounds = 4000
	}
	var statements [][]string
	for _, text := range corpus(t) {
		tree := Parse(text)
		if len(tree.Errors) > 0 {
			continue
		}
		for _, id := range tree.Kids(tree.Root) {
			n := tree.Node(id)
			if n.End-n.First > 60 {
				continue
			}
			var toks []string
			for i := n.First; i < n.End; i++ {
				toks = append(toks, tree.Text(i))
			}
			statements = append(statements, toks)
		}
	}
	for range rounds {
		var toks []string
		for range 1 + rnd.IntN(2) {
			toks = append(toks, statements[rnd.IntN(len(statements))]...)
		}
		for range 1 + rnd.IntN(3) {
			at := rnd.IntN(len(toks))
			switch rnd.IntN(4) {
			case 0:
				toks = append(toks[:at:at], toks[at+1:]...)
			case 1:
				toks[at] = vocabulary[rnd.IntN(len(vocabulary))]
			case 2:
				toks = append(toks[:at:at], append([]string{vocabulary[rnd.IntN(len(vocabulary))]}, toks[at:]...)...)
			case 3:
				other := rnd.IntN(len(toks))
				toks[at], toks[other] = toks[other], toks[at]
			}
			if len(toks) == 0 {
				break
			}
		}
		sep := " "
		if rnd.IntN(8) == 0 {
			sep = "\n"
		}
		sameVerdict(t, strings.Join(toks, sep))
		if t.Failed() {
			return
		}
	}
}

func TestSameVerdictOnRandomWords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	vocabulary := strings.Fields(words)
	for range 60_000 {
		var b strings.Builder
		for range 1 + rnd.IntN(9) {
			b.WriteString(vocabulary[rnd.IntN(len(vocabulary))])
			b.WriteByte(' ')
		}
		sameVerdict(t, b.String())
		if t.Failed() {
			return
		}
	}
}
