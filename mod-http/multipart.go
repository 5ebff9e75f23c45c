package http

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/core"
)

// part is one part of a form (RFC 7578).
type part struct {
	name, filename, kind string
	value, content       *[]byte
	path                 string
}

func multipartType() core.Type[[]part] {
	isList := func(v core.Value) bool {
		table, ok := v.Table()
		return ok && table.IsArray()
	}
	return core.Either(isList, core.ListOf(partType()), queryType(), checkParts, partsOf)
}

func partType() core.Type[part] {
	return core.Record("http.Part", "A part of a form. One of `value`, `content` and `path` is given.",
		core.NewKey("name", core.String(), func(p *part) *string { return &p.name }, "The name of the field. Required."),
		core.NewKey("value", core.Nullable(core.Bytes()), func(p *part) **[]byte { return &p.value }, "The value of a plain field."),
		core.NewKey("content", core.Nullable(core.Bytes()), func(p *part) **[]byte { return &p.content }, "What a file contains."),
		core.NewKey("path", core.String(), func(p *part) *string { return &p.path },
			"A file, which is sent without being held in memory."),
		core.NewKey("filename", core.String(), func(p *part) *string { return &p.filename },
			"The name that the server sees; that of `path` unless given."),
		core.NewKey("content_type", core.String(), func(p *part) *string { return &p.kind },
			"The type of a file.").Default(`"application/octet-stream"`),
	)
}

// partsOf is a form of plain fields, sorted by name.
func partsOf(fields url.Values) ([]part, error) {
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, value := range fields[name] {
			text := []byte(value)
			parts = append(parts, part{name: name, value: &text})
		}
	}
	return parts, nil
}

func checkParts(parts []part) ([]part, error) {
	for i := range parts {
		if err := parts[i].check(); err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	return parts, nil
}

func (p *part) check() error {
	given := 0
	for _, is := range []bool{p.value != nil, p.content != nil, p.path != ""} {
		if is {
			given++
		}
	}
	switch {
	case p.name == "":
		return errors.New("option 'name' is missing")
	case given != 1:
		return errors.New("give one of 'value', 'content' and 'path'")
	case !isHeaderValue(p.kind):
		return errors.New("option 'content_type': there is a control character in it")
	case p.value != nil && p.filename != "":
		return errors.New("a 'value' has no file name: give 'content' instead")
	}
	if p.path != "" && p.filename == "" {
		p.filename = filepath.Base(p.path)
	}
	return nil
}

// head is the header of the part.
func (p *part) head() textproto.MIMEHeader {
	head := make(textproto.MIMEHeader)
	disposition := `form-data; name="` + escapeQuoted(p.name) + `"`
	if p.filename != "" {
		disposition += `; filename="` + escapeQuoted(p.filename) + `"`
	}
	head.Set("Content-Disposition", disposition)
	switch {
	case p.kind != "":
		head.Set("Content-Type", p.kind)
	case p.filename != "":
		head.Set("Content-Type", "application/octet-stream")
	}
	return head
}

// escapeQuoted keeps a name within its quotes, as browsers do (HTML, multipart/form-data encoding algorithm).
func escapeQuoted(name string) string {
	return strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(name)
}

// encodeParts is the form as a stream, and its content type.
func encodeParts(root core.Root, parts []part) (*Stream, string, error) {
	var text bytes.Buffer
	var pieces []piece
	size := int64(0)
	cut := func() {
		pieces = append(pieces, piece{text: bytes.Clone(text.Bytes())})
		size += int64(text.Len())
		text.Reset()
	}
	w := multipart.NewWriter(&text)
	for i := range parts {
		p := &parts[i]
		field, err := w.CreatePart(p.head())
		if err != nil {
			return nil, "", err
		}
		switch {
		case p.value != nil:
			_, err = field.Write(*p.value)
		case p.content != nil:
			_, err = field.Write(*p.content)
		default:
			var length int64
			if length, err = fileSize(root, p.path); err == nil {
				cut()
				pieces = append(pieces, piece{path: p.path, size: length})
				size += length
			}
		}
		if err != nil {
			return nil, "", fmt.Errorf("option 'multipart': %s: %w", p.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	cut()
	read := func(path string) (io.ReadCloser, error) { return root.Open(path) }
	open := func() (io.ReadCloser, error) { return &pieceReader{open: read, rest: pieces}, nil }
	return &Stream{Size: size, Open: open}, w.FormDataContentType(), nil
}

func fileSize(root core.Root, path string) (int64, error) {
	f, err := root.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("send %s: not a regular file", path)
	}
	return info.Size(), nil
}
