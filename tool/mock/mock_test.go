package mock

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// ask makes requests as the http module does.
func ask() core.Module {
	return core.Module{Funcs: []core.Func{
		core.Fn3(core.Doc{Name: "ask", Text: "Asks the mocks.", Needs: core.Net, Level: core.Check, Raises: []*core.Code{core.ErrJSONValue}},
			core.Arg("method", core.String(), "The method."), core.Arg("url", core.String(), "The URL."), core.Opt("body", core.String(), "", "The body."),
			core.Returns2(core.Int(), "The status.", core.String(), "The body and the type."),
			func(c core.Call, method, url, body string) (core.Two[int, string], error) {
				var none core.Two[int, string]
				q, err := http.NewRequestWithContext(c.Context(), method, url, strings.NewReader(body))
				if err != nil {
					return none, err
				}
				q.Header.Set("X-Test", "yes")
				r, err := Answer(c, q)
				if err != nil || r == nil {
					return none, err
				}
				defer r.Body.Close()
				text, err := io.ReadAll(r.Body)
				return core.Two[int, string]{A: r.StatusCode, B: strings.TrimSpace(string(text) + " " + r.Header.Get("Content-Type"))}, err
			}),
	}}
}

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", New(), ask()) }

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }
