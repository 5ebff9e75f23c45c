// Package luarc changes the configuration of lua-language-server without touching what others wrote in it.
package luarc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Merge adds a folder of stubs to the libraries of a .luarc.json; an empty text is a new one. What else stands there
// stays, in its order. A text that is no JSON object, as one with comments is, is an error.
func Merge(text []byte, library string) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("{}")
	}
	o, err := read(text)
	if err != nil {
		return nil, err
	}
	// Both spellings are known to it: "workspace.library", and "workspace" with "library" inside.
	if nested := o.get("workspace"); nested != nil {
		workspace, err := read(nested)
		if err != nil {
			return nil, fmt.Errorf("workspace: %w", err)
		}
		if err := workspace.addLibrary("library", "checkThirdParty", library); err != nil {
			return nil, fmt.Errorf("workspace.%w", err)
		}
		o.set("workspace", workspace.text())
	} else if err := o.addLibrary("workspace.library", "workspace.checkThirdParty", library); err != nil {
		return nil, err
	}
	if runtime := o.get("runtime"); runtime == nil && o.get("runtime.version") == nil {
		o.set("runtime.version", json.RawMessage(`"Lua 5.1"`))
	}
	var out bytes.Buffer
	if err := json.Indent(&out, o.text(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func (o *object) addLibrary(key, thirdParty, library string) error {
	libraries := []string{}
	if have := o.get(key); have != nil {
		if err := json.Unmarshal(have, &libraries); err != nil {
			return fmt.Errorf("%s is no list of folders", key)
		}
	}
	if !slices.Contains(libraries, library) {
		libraries = append(libraries, library)
	}
	list, err := json.Marshal(libraries)
	if err != nil {
		return err
	}
	o.set(key, list)
	if o.get(thirdParty) == nil {
		o.set(thirdParty, json.RawMessage("false"))
	}
	return nil
}

// object is an object of JSON with its members in their order.
type object struct{ members []member }

type member struct {
	name  string
	value json.RawMessage
}

func read(text []byte) (*object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	o := &object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("it is no JSON: %w", err)
		}
		m := member{name: fmt.Sprint(name)}
		if err := d.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("it is no JSON: %w", err)
		}
		o.members = append(o.members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	return o, nil
}

func (o *object) get(name string) json.RawMessage {
	for _, m := range o.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (o *object) set(name string, value json.RawMessage) {
	for i := range o.members {
		if o.members[i].name == name {
			o.members[i].value = value
			return
		}
	}
	o.members = append(o.members, member{name, value})
}

func (o *object) text() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
