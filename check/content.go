package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
	assayhttp "assay.rs/mod-http"
)

// content is what the bytes of a body must be, whatever they mean.
type content struct {
	sha256 string // hex
	size   countBound
}

func (c *content) keys() []Key {
	return []Key{
		{Name: "sha256", Text: "The SHA-256 of the body, in hexadecimal, after decompression.", Value: c.digestValue()},
		{Name: "size", Text: "How many bytes the body has: \">=1000\", 512.", Value: c.size.value()},
	}
}

func (c *content) digestValue() Value {
	return Value{func() schema { return schema{"type": "string", "pattern": `^[0-9a-fA-F]{64}$|\$\{`} }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		text, _ := scalarText(v) // digits alone are a number, which keeps its text
		if raw, err := hex.DecodeString(text); err != nil || len(raw) != sha256.Size {
			r.Fail(n, "must be 64 hexadecimal digits, not %s", describe(n))
			return
		}
		c.sha256 = strings.ToLower(text)
	}}
}

func (c *content) any() bool { return c.sha256 != "" || c.size.text != "" }

func (c *content) assess(o *Outcome, resp *response) {
	if c.sha256 != "" {
		sum := sha256.Sum256(resp.body)
		got := hex.EncodeToString(sum[:])
		o.assess(Assertion{Expr: "body sha256", Passed: got == c.sha256, Expected: c.sha256, Actual: got},
			fmt.Sprintf("body sha256 %s (got %s)", c.sha256, got))
	}
	if c.size.text != "" {
		o.assess(Assertion{Expr: "body size " + c.size.text, Passed: c.size.holds(len(resp.body)), Expected: c.size.text, Actual: len(resp.body)},
			fmt.Sprintf("body size %s (got %d)", c.size.text, len(resp.body)))
	}
}

// failure is how a request must fail: what proves that something is closed.
type failure struct{ classes []retry.Class }

func (f *failure) value() Value {
	var one retry.Class
	return OneOrMany(Choice(&one, retry.Connect, retry.Timeout, retry.DNS, retry.TLS).then(func(*Reader, *yaml.Node) {
		f.classes = append(f.classes, one)
	}), func() { f.classes = nil })
}

func (f *failure) wanted() bool { return len(f.classes) > 0 }

// within leaves room to judge silence before the attempt itself is out of time.
func (f *failure) within(ctx context.Context) (context.Context, context.CancelFunc) {
	at, ok := ctx.Deadline()
	if !f.wanted() || !ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, min(longestSilence, time.Until(at)*4/5))
}

func (f *failure) assess(ctx context.Context, o *Outcome, resp *response, err error) {
	names := make([]string, len(f.classes))
	for i, c := range f.classes {
		names[i] = string(c)
	}
	want := strings.Join(names, " or ")
	if err == nil {
		resp.held.release()
		o.assess(Assertion{Expr: "error " + want, Expected: want, Actual: resp.status}, fmt.Sprintf("error %s (got an answer with status %d)", want, resp.status))
		return
	}
	if ctx.Err() != nil {
		o.Err = context.Cause(ctx)
		return
	}
	class := retry.ClassesOf(err)[0]
	if assayhttp.AtProxy(err) {
		o.Err = Broken(class, fmt.Errorf("the proxy could not be reached, which proves nothing of the target: %w", err))
		return
	}
	if errors.Is(err, fs.ErrNotExist) {
		o.Err = Broken(class, fmt.Errorf("the socket does not exist, which proves nothing: its path may be misspelt: %w", err))
		return
	}
	if !slices.Contains(f.classes, class) {
		o.Err = Broken(class, fmt.Errorf("error %s (got %s: %w)", want, class, err))
		return
	}
	o.assess(Assertion{Expr: "error " + want, Passed: true, Expected: want, Actual: string(class)}, "")
	o.Message = err.Error()
}
