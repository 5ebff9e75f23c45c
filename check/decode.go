package check

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	assayhttp "assay.rs/mod-http"
)

// decode makes the body what a check judges: without its content coding, and UTF-8 when it declares another charset. A
// body that cannot be read so is unreadable: what it does not say is not known.
func (r *response) decode() {
	body, err := r.readable()
	if err != nil {
		r.unreadable = err
		return
	}
	r.body = body
}

func (r *response) readable() ([]byte, error) {
	body := r.body
	codings := strings.Split(strings.Join(r.header.Values("Content-Encoding"), ","), ",")
	for _, coding := range slices.Backward(codings) {
		var err error
		if body, err = uncompressed(strings.ToLower(strings.TrimSpace(coding)), body); err != nil {
			return nil, err
		}
	}
	return inUTF8(body, charsetOf(r.header.Get("Content-Type")))
}

// uncompressed undoes one content coding (RFC 9110, 8.4.1). The client has undone what it asked for itself.
func uncompressed(coding string, body []byte) ([]byte, error) {
	var from io.Reader
	var err error
	switch coding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		from, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		if from, err = zlib.NewReader(bytes.NewReader(body)); errors.Is(err, zlib.ErrHeader) {
			from, err = flate.NewReader(bytes.NewReader(body)), nil // as some servers mean it
		}
	default:
		return nil, fmt.Errorf("the body is encoded as %s and cannot be judged: ask for another coding in the header Accept-Encoding", clip(coding))
	}
	if len(body) == 0 {
		return body, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the body is declared as %s and cannot be judged: %w", coding, err)
	}
	plain, err := io.ReadAll(io.LimitReader(from, assayhttp.DefaultMaxBody+1))
	if err == nil && len(plain) > assayhttp.DefaultMaxBody {
		err = fmt.Errorf("it is larger than %d bytes", assayhttp.DefaultMaxBody)
	}
	if err != nil {
		return nil, fmt.Errorf("the body is declared as %s and cannot be judged: %w", coding, err)
	}
	return plain, nil
}

// charsetOf is the charset in a Content-Type, in lower case, or empty. Servers write it in more ways than the grammar has.
func charsetOf(contentType string) string {
	for parameter := range strings.SplitSeq(contentType, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") {
			return strings.ToLower(strings.Trim(strings.TrimSpace(value), `"'`))
		}
	}
	return ""
}

// inUTF8 is a body of the charset as UTF-8, without a byte order mark. A mark says more than the header.
func inUTF8(body []byte, charset string) ([]byte, error) {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		body, charset = body[3:], "utf-8"
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return fromUTF16(body[2:], binary.BigEndian)
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return fromUTF16(body[2:], binary.LittleEndian)
	}
	switch charset {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "binary":
		return body, nil
	case "utf-16", "utf-16be":
		return fromUTF16(body, binary.BigEndian)
	case "utf-16le":
		return fromUTF16(body, binary.LittleEndian)
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "cp1252", "windows-1252":
		return fromLatin1(body, windows1252), nil
	case "iso-8859-15", "iso8859-15", "latin-9", "latin9":
		return fromLatin1(body, latin9), nil
	}
	return nil, fmt.Errorf("the body is declared as %s, which cannot be judged: known are UTF-8, UTF-16, ISO-8859-1 and -15, windows-1252", clip(charset))
}

func fromUTF16(body []byte, order binary.ByteOrder) ([]byte, error) {
	if len(body)%2 != 0 {
		return nil, errors.New("the body is declared as UTF-16 and cannot be judged: it has half a character")
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = order.Uint16(body[2*i:])
	}
	return []byte(string(utf16.Decode(units))), nil
}

// Where the charsets differ from the first 256 code points. What calls itself ISO-8859-1 is read as windows-1252, as
// browsers do (WHATWG Encoding): it differs in control characters alone, which nobody sends.
const (
	windows1252 = "\x80€\x82‚\x83ƒ\x84„\x85…\x86†\x87‡\x88ˆ\x89‰\x8aŠ\x8b‹\x8cŒ\x8eŽ\x91‘\x92’\x93“\x94”\x95•\x96–\x97—\x98˜\x99™\x9aš\x9b›\x9cœ\x9ež\x9fŸ"
	latin9      = "\xa4€\xa6Š\xa8š\xb4Ž\xb8ž\xbcŒ\xbdœ\xbeŸ"
)

// fromLatin1 reads a byte as the code point of its number, but for those in differ: a byte and its character each.
func fromLatin1(body []byte, differ string) []byte {
	other := map[byte]rune{}
	for i := 0; i < len(differ); {
		c, size := utf8.DecodeRuneInString(differ[i+1:])
		other[differ[i]] = c
		i += 1 + size
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, b := range body {
		if c, ok := other[b]; ok {
			out = utf8.AppendRune(out, c)
		} else {
			out = utf8.AppendRune(out, rune(b))
		}
	}
	return out
}

// textual says why the absence of a text in a body proves nothing, or nil.
func textual(body []byte) error {
	switch {
	case !utf8.Valid(body):
		return errors.New("the body is not UTF-8 and declares no charset: that a text is not in it cannot be judged")
	case bytes.IndexByte(body, 0) >= 0:
		return errors.New("the body is not text: that a text is not in it cannot be judged")
	}
	return nil
}
