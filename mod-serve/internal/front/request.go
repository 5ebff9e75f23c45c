package front

import (
	"bytes"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// readRequest reads into r a plain request that is whole, and gives its length: 0 where anything is better left to
// net/http. What is read, net/http would read the same.
func readRequest(r *http.Request, b []byte) (length int) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return 0
	}
	line, fields, _ := strings.Cut(string(b[:end+2]), "\r\n")
	if !readLine(r, line) || !readFields(r, fields) {
		return 0
	}
	length = end + 4
	if r.ContentLength == 0 {
		r.Body = http.NoBody
		return length
	}
	if int64(len(b)-length) < r.ContentLength {
		return 0
	}
	body := bytes.Clone(b[length : length+int(r.ContentLength)])
	r.Body = io.NopCloser(bytes.NewReader(body))
	return length + len(body)
}

// readLine reads the first line of a request.
func readLine(r *http.Request, line string) bool {
	var ok bool
	r.Method, line, _ = strings.Cut(line, " ")
	r.RequestURI, ok = strings.CutSuffix(line, " HTTP/1.1")
	if !ok || !IsToken(r.Method) || !strings.HasPrefix(r.RequestURI, "/") {
		return false
	}
	for _, c := range []byte(r.RequestURI) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	var err error
	r.URL, err = url.ParseRequestURI(r.RequestURI)
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	return err == nil
}

// readFields reads the header fields into r, or tells that they are not for us.
func readFields(r *http.Request, fields string) bool {
	n := strings.Count(fields, "\n")
	if n > maxFields {
		return false
	}
	values := make([]string, n) // one for each field, of which most have a name of their own
	r.Header = make(http.Header)
	for line := ""; fields != ""; {
		line, fields, _ = strings.Cut(fields, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		if !ok || !IsToken(name) || !isText(value) {
			return false
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch name {
		case "Host":
			if r.Host != "" || !IsHost(value) {
				return false
			}
			r.Host = value
			continue
		case "Content-Length":
			n, err := strconv.ParseUint(value, 10, 16)
			if r.Header[name] != nil || err != nil {
				return false
			}
			r.ContentLength = int64(n)
		case "Connection":
			if !strings.EqualFold(value, "keep-alive") {
				return false
			}
		case "Transfer-Encoding", "Expect", "Upgrade", "Trailer", "Pragma":
			return false
		}
		if r.Header[name] == nil {
			r.Header[name], values = values[:0:1], values[1:]
		}
		r.Header[name] = append(r.Header[name], value)
	}
	return r.Host != ""
}

// IsToken tells whether s is a token of RFC 9110.
func IsToken(s string) bool { return consists(s, "!#$%&'*+-.^_`|~") }

// consists tells whether s has letters, digits and others, and nothing else.
func consists(s, others string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return s != ""
}

// isText tells whether s may be the value of a header field.
func isText(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
