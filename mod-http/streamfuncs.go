package http

import (
	"slices"

	"assay.rs/core"
	"assay.rs/core/spec"
)

const (
	streamText = "Calls `fn` for each piece of the body as it arrives, decompressed, or with `lines` for each line; the body is not kept. When `fn` returns false, " +
		"the rest is left alone. An answer with another status than 2xx is given whole, and `fn` is not called. " +
		"Without `timeout` the answer has to begin within 30 seconds and may then take any time; `max_body` has no default. " +
		"`retry` counts until the first call."
	downloadText = "Writes the body of an answer with a status of 2xx to the file `path`, wholly or not at all: it replaces " +
		"what was there once all of it is on the disk. Folders are made. With another status the file is left alone, and the answer " +
		"has its body. No compression is asked for, so the file is as the server has it. Without `timeout` the only limit is 30 " +
		"seconds without data; `max_body` has no default."
	sseText = "Calls `fn` for each server-sent event until the server ends the stream or `fn` returns false. Without `timeout` the answer " +
		"has to begin within 30 seconds and may then take any time. `max_body` bounds each event, not the stream. " +
		"An answer with another status than 2xx is given whole, and `fn` is not called. An event has `event`, its name (\"message\" unless " +
		"the server gives one), `data`, and where the server gave them `id` and `retry`, in seconds. The option `retry` counts until the " +
		"stream has begun; to go on with one that broke, call again with the header `Last-Event-ID`."
	pathText = "The file to write."
)

func chunkCallback() core.Type[core.Callback] {
	return callback("chunk", spec.Type{Kind: spec.Scalar, Name: "string"}, "What has arrived.")
}

func eventCallback() core.Type[core.Callback] {
	anything := spec.Type{Kind: spec.Scalar, Name: "any"}
	return callback("event", spec.Type{Kind: spec.Map, Elem: &anything},
		"With `event`, `data`, `id` and `retry`.")
}

func callback(name string, of spec.Type, text string) core.Type[core.Callback] {
	return core.CallbackType([]spec.Param{{Name: name, Type: of, Text: text}},
		spec.Return{Type: spec.Type{Kind: spec.Scalar, Name: "boolean", Nullable: true}, Text: "false to end it."})
}

func streamDoc(name, text string, needs core.Needs, examples ...string) core.Doc {
	raised := codes()
	if needs&core.Write != 0 {
		raised = append(raised, slices.DeleteFunc(core.FileCodes(), func(c *core.Code) bool { return slices.Contains(raised, c) })...)
	}
	return core.Doc{Name: name, Text: text, Needs: needs, Level: core.Check, Raises: raised, Examples: examples}
}

const (
	lineExample     = `(URL .. "/lines", {lines = true}, function(line) print(line) end)` + "\n--> =one\n--> =two"
	streamExample   = `(URL .. "/lines", {timeout = 60}, function(chunk) n = n + #chunk end)  assert.gt(n, 0)`
	downloadExample = `(URL .. "/lines", FOLDER .. "/lines.txt")  assert.eq(r.status, 200)`
	sseExample      = `(URL .. "/events", nil, function(e) last = e.data return e.event ~= "end" end)  assert.eq(last, "bye")`
)

// streamFunctions declares http.stream, http.download and http.sse.
func (m *module) streamFunctions(response core.Type[*Response]) []core.Func {
	how := core.Opt("options", m.tables.transfer, call{}, "How to make the request.")
	streamed := core.Opt("options", m.tables.stream, call{}, "How to make the request.")
	answer := core.Returns(response, "The answer, without the body that was used.")
	return []core.Func{
		core.Fn3(streamDoc("stream", streamText, core.Net, `local n = 0  http.stream`+streamExample, `http.stream`+lineExample),
			urlArgument(), streamed, core.Arg("fn", chunkCallback(), "Called for each piece, or each line."), answer,
			func(c core.Call, to address, r call, fn core.Callback) (*Response, error) {
				return m.stream(c, nil, r.at(to), fn)
			}),
		core.Fn3(streamDoc("download", downloadText, core.Net|core.Write, `local r = http.download`+downloadExample),
			urlArgument(), core.Arg("path", core.String(), pathText), how, answer,
			func(c core.Call, to address, path string, r call) (*Response, error) {
				return m.download(c, nil, path, r.at(to))
			}),
		core.Fn3(streamDoc("sse", sseText, core.Net, `local last  http.sse`+sseExample),
			urlArgument(), how, core.Arg("fn", eventCallback(), "Called for each event."), answer,
			func(c core.Call, to address, r call, fn core.Callback) (*Response, error) {
				return m.sse(c, nil, r.at(to), fn)
			}),
	}
}

// streamMethods declares the same for clients.
func (m *module) streamMethods(class *core.Object[*client], response core.Type[*Response]) []core.Func {
	how := core.Opt("options", m.tables.transfer, call{}, "What is not as the client's defaults say.")
	streamed := core.Opt("options", m.tables.stream, call{}, "What is not as the client's defaults say.")
	answer := core.Returns(response, "The answer, without the body that was used.")
	return []core.Func{
		core.Fn4(streamDoc("stream", streamText, core.Net, `local n, c = 0, http.client()  c:stream`+streamExample),
			class.Self(), urlArgument(), streamed, core.Arg("fn", chunkCallback(), "Called for each piece, or each line."), answer,
			func(c core.Call, own *client, to address, r call, fn core.Callback) (*Response, error) {
				return m.stream(c, own, r.at(to), fn)
			}),
		core.Fn4(streamDoc("download", downloadText, core.Net|core.Write, `local c = http.client()  local r = c:download`+downloadExample),
			class.Self(), urlArgument(), core.Arg("path", core.String(), pathText), how, answer,
			func(c core.Call, own *client, to address, path string, r call) (*Response, error) {
				return m.download(c, own, path, r.at(to))
			}),
		core.Fn4(streamDoc("sse", sseText, core.Net, `local last  local c = http.client()  c:sse`+sseExample),
			class.Self(), urlArgument(), how, core.Arg("fn", eventCallback(), "Called for each event."), answer,
			func(c core.Call, own *client, to address, r call, fn core.Callback) (*Response, error) {
				return m.sse(c, own, r.at(to), fn)
			}),
	}
}

// at is the call with its URL, which is no option here.
func (r call) at(to address) call {
	r.to = to
	return r
}
