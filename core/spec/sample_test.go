package spec_test

import "assay.rs/core/spec"

func named(name string) spec.Type { return spec.Type{Kind: spec.Scalar, Name: name} }

func refTo(name string) spec.Type { return spec.Type{Kind: spec.Ref, Name: name} }

func nullable(t spec.Type) spec.Type {
	t.Nullable = true
	return t
}

// sample is modules that use whatever a module can have.
func sample() []spec.Module {
	return []spec.Module{sampleHTTP(), sampleGlobals(), sampleVault()}
}

func sampleHTTP() spec.Module {
	text := named("string")
	return spec.Module{
		Name: "http",
		Doc:  "Makes HTTP requests.\n\nA status of 400 and above is an answer, not an error: look at `r.status`.",
		Call: &spec.Func{
			Name: "http", Text: "Fetches url, as http.get does without options.", Level: "check", Needs: []string{"net"},
			Params:   []spec.Param{{Name: "address", Type: text, Text: "Where to go."}},
			Returns:  []spec.Return{{Type: refTo("http.Response"), Text: "What came back."}},
			Examples: []string{`assert(http(URL).status == 200)`},
		},
		Funcs: []spec.Func{
			{
				Name: "get", Text: "Fetches url. Redirects are followed, and a failure of the connection or a missing answer raises an error with a code.",
				Level: "check", Needs: []string{"net", "read"},
				Params: []spec.Param{
					{Name: "url", Type: text, Text: "Absolute URL."},
					{Name: "options", Type: refTo("http.Options"), Text: "How to make the request.", Optional: true, Default: "{}"},
				},
				Returns: []spec.Return{{Type: refTo("http.Response"), Text: "The answer."}},
				Raises:  []string{"http.timeout", "http.connect"},
				Examples: []string{
					"local r = http.get(URL .. \"/health\")\nassert.eq(r.status, 200)",
					`http.get(URL, { timeout = "2s" })`,
				},
			},
			{
				Name: "events", Text: "Iterates over the events of a stream.", Level: "script", Needs: []string{"net"}, Iterator: true,
				Params: []spec.Param{{Name: "url", Type: text, Text: "Address of the stream."}},
				Returns: []spec.Return{
					{Type: text, Text: "Data of the event."},
					{Type: nullable(named("integer")), Text: "Its number."},
				},
			},
			{
				Name: "all", Text: "Calls back with each answer.", Level: "script", Needs: []string{"net"},
				Params: []spec.Param{
					{Name: "end", Type: sampleCallback(), Text: "What to call at the end."},
					{Name: "urls", Type: spec.Type{Kind: spec.Union, Of: []spec.Type{text, {Kind: spec.List, Elem: &text}}}, Text: "Where to go.", Rest: true},
				},
				Returns: []spec.Return{{Type: named("any"), Text: "What was called back gave.", Rest: true}},
			},
		},
		Consts: []spec.Const{{Name: "max_body", Type: named("number"), Text: "Largest body, in bytes."}},
		Records: []spec.Record{
			{Name: "http.Options", Text: "How to make a request. Keys left out keep their default.", Fields: []spec.Field{
				{Name: "timeout", Type: named("duration"), Text: "Longest wait for the answer.", Default: "30"},
				{Name: "method", Type: spec.Type{Kind: spec.Enum, Values: []string{"GET", "HEAD"}}, Text: "Method.", Default: `"GET"`},
				{Name: "headers", Type: spec.Type{Kind: spec.Map, Elem: &text}, Text: "Headers to send."},
				{Name: "follow-redirects", Type: named("boolean"), Text: "Whether to follow redirects.", Default: "true"},
				{Name: "retry", Type: nullable(refTo("retry.Options")), Text: "When to try again."},
			}},
			{Name: "http.Timing", Text: "How long it took.", Fields: []spec.Field{
				{Name: "total", Type: named("number"), Text: "Seconds."},
			}},
		},
		Classes: []spec.Class{{
			Name: "http.Response", Text: "The answer of a server.",
			Fields: []spec.Field{
				{Name: "status", Type: named("integer"), Text: "Status code."},
				{Name: "timing", Type: refTo("http.Timing"), Text: "Where the time went."},
			},
			Methods: []spec.Func{
				{Name: "json", Text: "Decodes the body.", Level: "check", Needs: []string{"pure"}, Returns: []spec.Return{{Type: named("any"), Text: "What it says."}}},
				{
					Name: "close", Text: "Gives the connection back.", Level: "check", Needs: []string{"net"}, Unbound: true,
					Params: []spec.Param{{Name: "hard", Type: named("boolean"), Text: "Break it off instead.", Optional: true, Default: "false"}},
				},
			},
		}},
		Codes: []spec.Code{
			{Name: "http.connect", Text: "no connection could be made"},
			{Name: "http.timeout", Text: "no answer came in time"},
		},
	}
}

func sampleCallback() spec.Type {
	response := refTo("http.Response")
	return spec.Type{
		Kind: spec.Callback,
		Params: []spec.Param{
			{Name: "answer", Type: response}, {Name: "n", Type: named("integer"), Optional: true}, {Name: "more", Type: named("any"), Rest: true},
		},
		Returns: []spec.Return{
			{Type: spec.Type{Kind: spec.List, Elem: &response, Nullable: true}}, {Type: named("int64"), Rest: true},
		},
	}
}

func sampleGlobals() spec.Module {
	return spec.Module{
		Doc: "What needs no table.",
		Funcs: []spec.Func{{
			Name: "print", Text: "Writes its arguments.", Level: "check", Needs: []string{"log"},
			Params:   []spec.Param{{Name: "values", Type: named("any"), Text: "What to write.", Rest: true}},
			Examples: []string{`print("hello")`},
		}},
		Consts: []spec.Const{{Name: "_VERSION", Type: named("string"), Text: "The language."}},
	}
}

func sampleVault() spec.Module {
	return spec.Module{
		Name: "vault", Require: "assay.vault", Doc: "Reads secrets.",
		Funcs: []spec.Func{{Name: "read", Text: "Reads a secret.", Level: "script", Needs: []string{"net"}}},
	}
}
