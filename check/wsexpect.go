package check

import (
	"context"
	"fmt"
	"strings"

	"assay.rs/mod-data/yaml"
	"assay.rs/mod-http/ws"
)

// wsExpect is what a WebSocket server must say.
type wsExpect struct {
	message matcher
	json    []*expression
	schema  bodySchema
	among   int // of so many messages one must be as expected; 0 is the first
	headers headerWants
	latency latency
	tls     certificate
	failure failure
}

func (e *wsExpect) keys() []Key {
	var one *expression
	return []Key{
		{Name: "message", Text: "A text that the first message contains, or conditions on it.", Value: matcherValue(&e.message, Key{
			Name: "json", Text: "jq on the message, one or a list; each must give true.", Value: OneOrMany(
				expressionValue(&one, asVerdict).then(func(*Reader, *yaml.Node) { e.json = append(e.json, one) }), func() { e.json = nil }),
		}, Key{Name: "schema", Text: "A JSON Schema (draft 2020-12) that the message must fit: {file: message.schema.json}, or the schema itself.", Value: e.schema.value()})},
		{Name: "among", Text: "How many messages may come until one is as expected; 1 unless said otherwise.", Value: Int(&e.among, 1, 1000)},
		{Name: "headers", Text: "Headers of the handshake's answer: a text that the value contains, conditions on it, or {absent: true}.", Value: e.headers.value()},
		{Name: "latency", Text: "How long it may take until the message, or the answer to a ping, is there: \"<500ms\".", Value: latencyValue(&e.latency)},
		{Name: "tls", Text: "What the certificate and the connection must be like.", Value: FilledSection("tls", e.tls.keys)},
		{Name: "error", Text: "The connection must fail in this way, or one of these: connect, timeout, dns, tls. It proves that a network policy holds.", Value: e.failure.value()},
	}
}

func (e *wsExpect) wantsMessage() bool {
	return len(e.message.wants) > 0 || len(e.json) > 0 || e.schema.wanted()
}

// validate finds what can never hold.
func (e *wsExpect) validate(p *Prep, target Template) {
	if text, ok := target.fixed(); ok && e.tls.any() && strings.HasPrefix(text, "ws://") {
		p.Fail([]string{"expect", "tls"}, "the URL is ws://: there is no certificate")
	}
	if e.failure.wanted() && (e.wantsMessage() || len(e.headers) > 0 || e.latency.limit > 0 || e.tls.any()) {
		p.Fail([]string{"expect", "error"}, "a connection that fails says nothing: leave out the other expectations")
	}
	if e.among > 0 && !e.wantsMessage() {
		p.Fail([]string{"expect", "among"}, "'among' needs 'message': which one is looked for")
	}
	if e.among > 1 && e.message.forbids() {
		p.Fail([]string{"expect", "among"}, "what must not be there cannot be looked for among several messages: the first without it would pass")
	}
}

// assessMessages judges the first message, or looks among several for one that is as expected. The error is of what
// ended the conversation before that.
func (e *wsExpect) assessMessages(ctx context.Context, o *Outcome, s *ws.Session, answer *response, a Attempt) error {
	for n := 1; ; n++ {
		message, _, err := s.Next()
		if err != nil {
			return err
		}
		answer.body, answer.size = message, int64(len(message))
		o.Response = answer.describe(a)
		var judged Outcome
		e.assessMessage(ctx, &judged, message, a)
		if judged.Err == nil || n >= e.among {
			if judged.Err != nil && e.among > 1 {
				judged.Err = Failed(fmt.Sprintf("none of %d messages is as expected; of the last: %s", n, judged.Err))
			}
			o.Assertions = append(o.Assertions, judged.Assertions...)
			if o.Err == nil {
				o.Err = judged.Err
			}
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

func (e *wsExpect) assessMessage(ctx context.Context, o *Outcome, message []byte, a Attempt) {
	if err := textual(message); err != nil && e.message.forbids() {
		o.unjudged(err)
		return
	}
	e.message.assess(o, "message", string(message), a)
	if len(e.json) == 0 && !e.schema.wanted() {
		return
	}
	v, err := decodeJSON(message)
	for _, x := range e.json {
		if err != nil {
			o.assess(Assertion{Expr: "json " + x.text, Expected: true}, fmt.Sprintf("json %s: the message is not JSON: %s", x.text, err))
			continue
		}
		if !o.assessJQ(ctx, x, v, a) {
			return
		}
	}
	e.schema.assess(ctx, o, v, err, a)
}
