package http

import (
	"errors"
	"fmt"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// notRestricted refuses an option that gets around a policy of addresses.
func notRestricted(c core.Call, option string) error {
	if !c.Restricted() {
		return nil
	}
	return core.ErrDenied.With(
		fmt.Errorf("denied by the policy: a %s hides which address is connected to", option),
		"leave the option out, or run the script without --sandbox and --allow-net")
}

// proxyType is a URL, or false for no proxy.
func proxyType() core.Type[*string] {
	return core.Custom(core.AnyOf("string", "boolean"), func(c core.Call, v core.Value) (*string, error) {
		if v.Kind() == core.KindBool && !v.Bool() {
			return new(string), nil
		}
		text, ok := v.Text()
		if !ok || text == "" {
			return nil, errors.New("a URL or false expected")
		}
		if err := notRestricted(c, "proxy"); err != nil {
			return nil, err
		}
		_, err := parseProxy("it", text)
		return &text, err
	}, nil)
}

func socketType() core.Type[string] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "string"}, func(c core.Call, v core.Value) (string, error) {
		path, ok := v.Text()
		if !ok {
			return "", mismatch("string", v)
		}
		if path == "" {
			return "", errors.New("the path is empty")
		}
		return path, notRestricted(c, "unix socket")
	}, nil)
}

func resolveType() core.Type[map[string]string] {
	text := spec.Type{Kind: spec.Scalar, Name: "string"}
	return core.Custom(spec.Type{Kind: spec.Map, Elem: &text}, func(c core.Call, v core.Value) (map[string]string, error) {
		entries := make(map[string]string)
		err := eachText(c, v, func(from string, to []string) error {
			if len(to) != 1 {
				return fmt.Errorf("%s: one address expected", from)
			}
			entries[from] = to[0]
			return nil
		})
		if err != nil {
			return nil, err
		}
		return parseResolve(entries)
	}, nil)
}

// tokenFileType is a path, as what reads the token in it.
func tokenFileType() core.Type[func() (string, error)] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "string"}, func(c core.Call, v core.Value) (func() (string, error), error) {
		path, ok := v.Text()
		if !ok {
			return nil, mismatch("string", v)
		}
		root := c.Root()
		return func() (string, error) {
			token, err := root.ReadFile(path, maxToken)
			if err != nil {
				return "", fmt.Errorf("option 'bearer_file': %w", err)
			}
			return string(token), nil
		}, nil
	}, nil)
}
