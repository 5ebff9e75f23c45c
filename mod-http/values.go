package http

import (
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// address is a URL, and the proxies of the script's environment at the time it was given.
type address struct {
	url     string
	proxies *proxies
}

func addressType() core.Type[address] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "string"}, func(c core.Call, v core.Value) (address, error) {
		text, ok := v.Text()
		if !ok {
			return address{}, mismatch("string", v)
		}
		// The environment may be read with the baton alone. A policy looks at addresses, which a proxy hides.
		if c.Restricted() {
			return address{url: text}, nil
		}
		return address{text, readProxies(c.Env)}, nil
	}, nil)
}

func mismatch(want string, v core.Value) error {
	got := v.TypeName()
	if v.IsNil() {
		got = "no value"
	}
	return fmt.Errorf("%s expected, got %s", want, got)
}

// body is what a request sends.
type body struct {
	bytes []byte
	kind  string // the content type of its own
	given bool
}

func bodyType() core.Type[body] {
	return core.Custom(core.AnyOf("string", "table"), func(c core.Call, v core.Value) (body, error) {
		if text, ok := v.Text(); ok {
			return body{bytes: []byte(text), given: true}, c.Copies(len(text))
		}
		if v.Kind() != core.KindTable {
			return body{}, mismatch("string or table", v)
		}
		text, err := core.EncodeJSON(c, v, "")
		return body{bytes: text, kind: "application/json", given: true}, err
	}, nil)
}

// formType is a table of fields, encoded (WHATWG URL, application/x-www-form-urlencoded).
func formType() core.Type[body] {
	return core.Custom(many(), func(c core.Call, v core.Value) (body, error) {
		fields := make(url.Values)
		err := eachText(c, v, func(name string, values []string) error {
			fields[name] = values
			return nil
		})
		return formOf(fields), err
	}, nil)
}

func formOf(fields url.Values) body {
	return body{bytes: []byte(fields.Encode()), kind: "application/x-www-form-urlencoded", given: true}
}

// many describes a table whose values are one scalar or an array of them.
func many() spec.Type {
	one := core.AnyOf("string", "number", "boolean")
	list := spec.Type{Kind: spec.List, Elem: &one}
	either := spec.Type{Kind: spec.Union, Of: append(append([]spec.Type(nil), one.Of...), list)}
	return spec.Type{Kind: spec.Map, Elem: &either}
}

func headersType() core.Type[nethttp.Header] {
	return core.Custom(many(), func(c core.Call, v core.Value) (nethttp.Header, error) {
		headers := make(nethttp.Header)
		err := eachText(c, v, func(name string, values []string) error {
			canonical := nethttp.CanonicalHeaderKey(name)
			if headers[canonical] != nil {
				return fmt.Errorf("header %s is given twice", canonical)
			}
			headers[canonical] = values
			return checkHeader(nethttp.Header{name: values})
		})
		return headers, err
	}, nil)
}

func queryType() core.Type[url.Values] {
	return core.Custom(many(), func(c core.Call, v core.Value) (url.Values, error) {
		query := make(url.Values)
		err := eachText(c, v, func(name string, values []string) error {
			query[name] = values
			return nil
		})
		return query, err
	}, nil)
}

// eachText calls f for each key of a table of texts.
func eachText(c core.Call, v core.Value, f func(name string, values []string) error) error {
	table, ok := v.Table()
	if !ok {
		return mismatch("table", v)
	}
	return table.Each(func(k, v core.Value) error {
		name, ok := k.Text()
		if !ok || k.Kind() != core.KindString {
			return fmt.Errorf("key %s: string expected, got %s", name, k.TypeName())
		}
		values, err := texts(v)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := c.Copies(encodedSize(name, values)); err != nil {
			return err
		}
		return f(name, values)
	})
}

// encodedSize is what the values of a name take when each byte is percent-encoded, or less.
func encodedSize(name string, values []string) int {
	size := 0
	for _, value := range values {
		size += len("%41") * (len(name) + len(value))
	}
	return size
}

// texts are the values of one name.
func texts(v core.Value) ([]string, error) {
	list, ok := v.Table()
	if !ok {
		text, err := scalarText(v)
		return []string{text}, err
	}
	if !list.IsArray() {
		return nil, errors.New("string or array of strings expected, got table")
	}
	values := make([]string, list.Len())
	for i := range values {
		text, err := scalarText(list.At(i + 1))
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		values[i] = text
	}
	return values, nil
}

func scalarText(v core.Value) (string, error) {
	if text, ok := v.Text(); ok {
		return text, nil
	}
	if v.Kind() == core.KindBool {
		return fmt.Sprint(v.Bool()), nil
	}
	return "", mismatch("string", v)
}
