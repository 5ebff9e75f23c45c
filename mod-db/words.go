package db

import "strings"

// words gives the first n words of a statement, in upper case; comments and literals are left out.
func (x syntax) words(sql string, n int) []string {
	var found []string
	for i := 0; i < len(sql) && len(found) < n; {
		if end := x.word(sql, i); end > i {
			found = append(found, strings.ToUpper(sql[i:end]))
			i = end
			continue
		}
		if end := x.opaque(sql, i); end > i {
			i = end
			continue
		}
		i++
	}
	return found
}

func (x syntax) firstWord(sql string) string {
	if found := x.words(sql, 1); len(found) > 0 {
		return found[0]
	}
	return ""
}

// control is what a statement does to the transaction that it is run in.
type control int

const (
	controlNone  control = iota
	controlBegin         // begins one
	controlEnd           // ends one
)

func (x syntax) control(sql string) control {
	found := x.words(sql, 2)
	if len(found) == 0 {
		return controlNone
	}
	second := ""
	if len(found) > 1 {
		second = found[1]
	}
	switch found[0] {
	case "BEGIN":
		return controlBegin
	case "START":
		if second == "TRANSACTION" {
			return controlBegin
		}
	case "COMMIT", "END", "ABORT":
		return controlEnd
	case "ROLLBACK":
		if second != "TO" {
			return controlEnd
		}
	}
	return controlNone
}
