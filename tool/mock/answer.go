package mock

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"assay.rs/core"
	"assay.rs/core/nearest"
)

var (
	errAnswer = errors.New("text, a table, an array of them or a function expected")
	errGiven  = errors.New("the function of the mock must give an answer: text or a table")
)

// parseAnswers reads the value of a key: one answer, or an array of them.
func parseAnswers(c core.Call, v core.Value) ([]core.Value, error) {
	if t, ok := v.Table(); ok && t.Len() > 0 {
		answers := make([]core.Value, t.Len())
		for i := range answers {
			answers[i] = t.At(i + 1)
			if err := checkAnswer(c, answers[i]); err != nil {
				return nil, fmt.Errorf("answer %d: %w", i+1, err)
			}
		}
		return answers, nil
	}
	return []core.Value{v}, checkAnswer(c, v)
}

func checkAnswer(c core.Call, v core.Value) error {
	switch v.Kind() {
	case core.KindFunction:
		return nil
	case core.KindString, core.KindTable:
		_, err := readAnswer(c, v)
		return err
	default:
		return errAnswer
	}
}

// answer is what a mock gives.
type answer struct {
	status  int
	headers http.Header
	body    []byte
	failure string
	delay   time.Duration
}

func fields() []string { return []string{"status", "headers", "body", "json", "delay", "error"} }

// readAnswer reads an answer. It needs the baton.
func readAnswer(c core.Call, v core.Value) (answer, error) {
	a := answer{status: http.StatusOK, headers: http.Header{}}
	t, ok := v.Table()
	if !ok {
		text, ok := v.Text()
		if !ok {
			return a, errGiven
		}
		a.body = []byte(text)
		return a, nil
	}
	err := t.Each(func(k, v core.Value) error {
		name, _ := k.Text()
		if err := a.set(c, name, v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	return a, err
}

func (a *answer) set(c core.Call, name string, v core.Value) error {
	var err error
	switch name {
	case "status":
		status, ok := v.Integer()
		if !ok || status < 100 || status > 599 {
			return errors.New("a status from 100 to 599 expected")
		}
		a.status = int(status)
	case "headers":
		err = a.setHeaders(v)
	case "body":
		text, ok := v.Text()
		if !ok {
			return fmt.Errorf("string expected, got %s", v.TypeName())
		}
		a.body = []byte(text)
	case "json":
		a.body, err = core.EncodeJSON(c, v, "")
		if a.headers.Get("Content-Type") == "" {
			a.headers.Set("Content-Type", "application/json")
		}
	case "delay":
		seconds, ok := v.Number()
		if !ok {
			return fmt.Errorf("seconds expected, got %s", v.TypeName())
		}
		a.delay, err = core.Seconds(seconds)
	case "error":
		a.failure, _ = v.Text()
		if !slices.Contains(failures(), a.failure) {
			return errors.New("one of " + strings.Join(failures(), ", ") + " expected")
		}
	default:
		if hint := nearest.Hint(name, fields()); hint != "" {
			return errors.New("unknown field: " + hint)
		}
		return errors.New("unknown field: use " + strings.Join(fields(), ", "))
	}
	return err
}

func (a *answer) setHeaders(v core.Value) error {
	t, ok := v.Table()
	if !ok {
		return fmt.Errorf("table expected, got %s", v.TypeName())
	}
	return t.Each(func(k, v core.Value) error {
		name, _ := k.Text()
		if list, ok := v.Table(); ok {
			for i := range list.Len() {
				text, _ := list.At(i + 1).Text()
				a.headers.Add(name, text)
			}
			return nil
		}
		text, ok := v.Text()
		if name == "" || !ok {
			return errors.New("names and texts expected")
		}
		a.headers.Set(name, text)
		return nil
	})
}

// answer records a request and answers it.
func (s *server) answer(c core.Call, r *route, q *http.Request, body []byte) (*http.Response, error) {
	var request core.Value
	var err error
	c.Hold(func() {
		if request, err = recorded(c, q, body); err == nil {
			s.requests.Append(request)
		}
	})
	if err != nil {
		return nil, err
	}
	given := r.turn()
	if f, ok := given.Function(); ok {
		values, err := f.Call(c, request)
		if err != nil {
			return nil, core.WithHint(fmt.Errorf("mock %q: %w", r.key, err), "")
		}
		given = core.Nil()
		if len(values) > 0 {
			given = values[0]
		}
	}
	var a answer
	c.Hold(func() { a, err = readAnswer(c, given) })
	if err != nil {
		return nil, core.WithHint(fmt.Errorf("mock %q: %w", r.key, err), "")
	}
	if a.delay > 0 {
		if err := c.Clock().Sleep(q.Context(), a.delay); err != nil {
			return nil, err
		}
	}
	if a.failure != "" {
		return nil, a.fail(q)
	}
	return a.response(q), nil
}

func (a *answer) response(q *http.Request) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.headers,
		Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: q,
	}
}

func failures() []string { return []string{"timeout", "connect", "dns", "tls"} }

// fail is the error that the network would give.
func (a *answer) fail(q *http.Request) error {
	host := q.URL.Hostname()
	switch a.failure {
	case "timeout":
		return &net.OpError{Op: "read", Net: "tcp", Err: context.DeadlineExceeded}
	case "connect":
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case "dns":
		return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
	default:
		return &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	}
}

// recorded is a request as a test sees it. It needs the baton.
func recorded(c core.Call, q *http.Request, body []byte) (core.Value, error) {
	headers := make(map[string]any, len(q.Header))
	for name, values := range q.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	query := make(map[string]any)
	for name, values := range q.URL.Query() {
		if len(values) == 1 {
			query[name] = values[0]
			continue
		}
		all := make([]any, len(values))
		for i, value := range values {
			all[i] = value
		}
		query[name] = all
	}
	return c.Value(map[string]any{
		"method": q.Method, "url": q.URL.String(), "path": q.URL.Path, "query": query, "headers": headers, "body": body,
	})
}
