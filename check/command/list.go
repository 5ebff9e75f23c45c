package command

import (
	"errors"
	"strings"
)

// List is a flag for names, which are joined by commas; the flag may be repeated. Like in a line of CSV, a name with a comma in
// it stands in double quotes, and a double quote in such a name is doubled.
type List []string

func (l *List) String() string { return strings.Join(*l, ",") }

// Type is the word for the value in the help.
func (l *List) Type() string { return "strings" }

// Set adds names; none if the text is empty, as of a variable that is not set.
func (l *List) Set(text string) error {
	for more := text != ""; more; {
		var name string
		if rest, quoted := strings.CutPrefix(text, `"`); quoted {
			var err error
			if name, text, err = cutQuoted(rest); err != nil {
				return err
			}
			if more = text != ""; more && text[0] != ',' {
				return errors.New("write a comma behind the double quotes that end a name")
			}
			text = strings.TrimPrefix(text, ",")
		} else {
			name, text, more = strings.Cut(text, ",")
		}
		*l = append(*l, name)
	}
	return nil
}

// cutQuoted cuts text at the double quote that ends a name; the one that begins it is cut off.
func cutQuoted(text string) (name, rest string, err error) {
	for {
		part, after, found := strings.Cut(text, `"`)
		if !found {
			return "", "", errors.New("a name begins with a double quote and does not end with one")
		}
		name += part
		if text, found = strings.CutPrefix(after, `"`); !found {
			return name, after, nil
		}
		name += `"`
	}
}
