package serve

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"assay.rs/core"
	"assay.rs/core/nearest"
	"assay.rs/mod-serve/internal/front"
)

// answer is what a handler returned.
type answer struct {
	status int // 0 is 200
	header http.Header
	kind   kind
	text   []byte // of json and body
	target string // of file and redirect
	stream core.Callback
	accept AcceptOptions
}

// kind is what an answer consists of.
type kind int

const (
	empty kind = iota
	events
	socket
	jsonText
	bodyText
	file
	redirect
	static // the file of a folder that the route leads to
	taken  // the handler has made a WebSocket of the request
)

var (
	typeJSON  = []string{"application/json"}          //nolint:gochecknoglobals // a constant
	typePlain = []string{"text/plain; charset=utf-8"} //nolint:gochecknoglobals // a constant
)

// plain is an answer of the server's own.
func plain(status int, text string) answer {
	return answer{status: status, kind: bodyText, text: []byte(text)}
}

func answerKeys() []string {
	return []string{"status", "headers", "cookies", "sse", "ws", "ws_options", "json", "body", "file", "redirect"}
}

// readAnswer reads what a handler returned. It needs the baton.
func readAnswer(c core.Call, v core.Value) (answer, error) {
	table, ok := v.Table()
	if !ok {
		return answer{}, core.WithHint(fmt.Errorf("the handler returned %s where a table is expected", v.TypeName()),
			`return {body = "..."}, {json = ...} or {status = 204}`)
	}
	a := answer{}
	var parts [taken]core.Value
	err := table.Each(func(k, v core.Value) error { return a.read(c, k, v, &parts) })
	if err != nil {
		return answer{}, fmt.Errorf("the handler's answer: %w", err)
	}
	for kind := events; kind < taken; kind++ {
		if part := parts[kind]; !part.IsNil() {
			a.kind = kind
			if err := a.readPart(c, part); err != nil {
				return answer{}, fmt.Errorf("the handler's answer: %w", err)
			}
			break
		}
	}
	return a, nil
}

// read takes one key of the table.
func (a *answer) read(c core.Call, k, v core.Value, parts *[taken]core.Value) error {
	key, _ := k.Text()
	switch key {
	case "status":
		if v.Kind() != core.KindNumber {
			return fmt.Errorf("status: number expected, got %s", shown(c, v))
		}
		n, ok := v.Integer()
		if !ok || n < 200 || n > 599 {
			return fmt.Errorf("status: 200 to 599 expected, got %s", c.ToString(v))
		}
		a.status = int(n)
	case "headers":
		return a.readHeaders(v)
	case "cookies":
		return a.readCookies(c, v)
	case "ws_options":
		var err error
		a.accept, err = core.ReadAs(c, acceptOptionsType(), v, AcceptOptions{})
		return err
	case "sse":
		parts[events] = v
	case "ws":
		parts[socket] = v
	case "json":
		parts[jsonText] = v
	case "body":
		parts[bodyText] = v
	case "file":
		parts[file] = v
	case "redirect":
		parts[redirect] = v
	case staticKey:
		parts[static] = v
	default:
		if name, ok := nearest.Name(key, answerKeys()); ok {
			return fmt.Errorf("unknown key '%s': did you mean '%s'?", c.ToString(k), name)
		}
		return fmt.Errorf("unknown key '%s': use %s", c.ToString(k), strings.Join(answerKeys(), ", "))
	}
	return nil
}

// shown is a value of the wrong type for an error: a text says that it is one.
func shown(c core.Call, v core.Value) string {
	if v.Kind() == core.KindString {
		return fmt.Sprintf("the text %q", c.ToString(v))
	}
	return v.TypeName()
}

// readPart reads what the answer consists of.
func (a *answer) readPart(c core.Call, v core.Value) (err error) {
	switch a.kind {
	case events, socket:
		var ok bool
		if a.stream, ok = v.Function(); !ok {
			return fmt.Errorf("sse and ws are functions, got %s", v.TypeName())
		}
	case jsonText:
		a.text, err = core.EncodeJSON(c, v, "")
		return err
	case bodyText:
		text, ok := v.Text()
		if !ok {
			return core.WithHint(fmt.Errorf("body: string expected, got %s", v.TypeName()), "a table is sent with json")
		}
		a.text = []byte(text)
	case file:
		if a.target, _ = v.Text(); a.target == "" || v.Kind() != core.KindString {
			return fmt.Errorf("file: a path expected, got %s", v.TypeName())
		}
	case redirect:
		return a.readRedirect(v)
	default:
	}
	return nil
}

func (a *answer) readRedirect(v core.Value) error {
	status := http.StatusFound
	if table, ok := v.Table(); ok {
		if s := table.Get("status"); !s.IsNil() {
			n, ok := s.Integer()
			if !ok || n < 300 || n > 399 {
				return errors.New("redirect.status: 300 to 399 expected")
			}
			status = int(n)
		}
		v = table.Get("url")
	}
	var ok bool
	if a.target, ok = v.Text(); !ok || a.target == "" {
		return errors.New("redirect: a URL, or {url=, status=}, expected")
	}
	if a.status == 0 {
		a.status = status
	}
	if err := checkValue("redirect", a.target); err != nil {
		return err
	}
	a.target = encodeReference(a.target)
	return nil
}

// encodeReference percent-encodes what may not stand in a URI reference (RFC 3986), and leaves what is encoded.
func encodeReference(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (a *answer) readHeaders(v core.Value) error {
	table, ok := v.Table()
	if !ok {
		return fmt.Errorf("headers: table expected, got %s", v.TypeName())
	}
	return table.Each(func(k, v core.Value) error {
		name, ok := k.Text()
		if !ok || k.Kind() != core.KindString || !front.IsToken(name) {
			return fmt.Errorf("headers: %q is not the name of a header field", name)
		}
		list, ok := v.Table()
		if !ok {
			return a.add(name, v)
		}
		for i := 1; i <= list.Len(); i++ {
			if err := a.add(name, list.At(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *answer) add(name string, v core.Value) error {
	text, ok := v.Text()
	if !ok {
		return fmt.Errorf("headers: %s: string expected, got %s", name, v.TypeName())
	}
	if err := checkValue("headers: "+name, text); err != nil {
		return err
	}
	if a.header == nil {
		a.header = make(http.Header)
	}
	a.header.Add(name, text)
	return nil
}

// checkValue refuses what would end a header field, and begin another. It may be a secret, so the error does not show it.
func checkValue(what, value string) error {
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("%s: a line break or NUL must not stand in it", what)
	}
	return nil
}
