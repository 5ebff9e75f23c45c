package serve

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// send sends an answer that is no stream. What goes wrong on the way to the client is the client's
// to notice.
func (s *server) send(req *request, a answer) {
	w := &req.out
	if w.wrote() {
		return
	}
	size := int64(len(a.text))
	if s.options.gzip {
		size *= 2 // also as it is compressed
	}
	release, ok := s.out.hold(size, freeAnswer)
	if !ok {
		s.crowd("an answer was given up: clients do not take what they have asked for", req)
		a = busy("too many large answers on their way")
	} else {
		defer release()
	}
	h := w.Header()
	maps.Copy(h, a.header)
	switch a.kind {
	case jsonText, bodyText, empty:
		s.sendText(req, a)
	case redirect:
		h["Location"] = []string{a.target}
		s.sendText(req, a)
	case file:
		s.sendFile(req, a)
	case static:
		s.sendStatic(req)
	default:
	}
}

// busy is the answer to a request that there is no room for now.
func busy(text string) answer {
	a := plain(http.StatusServiceUnavailable, text)
	a.header = http.Header{"Retry-After": {"1"}}
	return a
}

// crowd logs that there is no room for what goes out.
func (s *server) crowd(what string, req *request) {
	s.crowded.tell(s.log, what, "request_id", req.ID(), "path", req.rawPath())
}

// countedBelow is the size of a body up to which its length is given behind us, by front or net/http, at less cost.
const countedBelow = 2048

func (s *server) sendText(req *request, a answer) {
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	w := &req.out
	h := w.Header()
	if !hasBody(status) {
		w.WriteHeader(status)
		return
	}
	if h["Content-Type"] == nil && (len(a.text) > 0 || a.kind == jsonText) {
		h["Content-Type"] = typePlain
		if a.kind == jsonText {
			h["Content-Type"] = typeJSON
		}
	}
	if s.options.gzip && compressible(req, h, len(a.text)) {
		sendCompressed(w, req.Method, status, a.text)
		return
	}
	if len(a.text) > countedBelow || req.Method == http.MethodHead {
		h["Content-Length"] = []string{strconv.Itoa(len(a.text))}
	}
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		_, _ = w.Write(a.text)
	}
}

// sendFile sends the file that a handler names.
func (s *server) sendFile(req *request, a answer) {
	f, err := s.root.Open(a.target)
	if err != nil {
		s.noFile(req, a.target, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		s.noFile(req, a.target, errors.Join(err, fs.ErrNotExist))
		return
	}
	if a.status != 0 && a.status != http.StatusOK {
		s.sendWhole(req, a.status, f, info)
		return
	}
	s.sendOpen(req, f, info, filepath.Base(a.target), "")
}

// sendWhole sends a file as what an answer of another status than 200 consists of: it has no ranges, and is not
// compared with what the client has.
func (s *server) sendWhole(req *request, status int, f *os.File, info fs.FileInfo) {
	w := &req.out
	h := w.Header()
	h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	setType(h, f.Name())
	w.WriteHeader(status)
	if req.Method != http.MethodHead && hasBody(status) {
		_, _ = io.CopyN(w, f, info.Size()) // one that became shorter is cut short, which the client sees
	}
}

func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// setType gives a file the type of its name, unless the script has given it one.
func setType(h http.Header, name string) {
	if h["Content-Type"] != nil {
		return
	}
	if kind := mime.TypeByExtension(filepath.Ext(name)); kind != "" {
		h["Content-Type"] = []string{kind}
	}
}

// noFile says that there is no such file, and logs another reason.
func (s *server) noFile(req *request, name string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		s.send(req, plain(http.StatusNotFound, "not found"))
		return
	}
	s.log.Error("a file could not be sent", "request_id", req.ID(), "file", name, "error", err)
	s.fail(req)
}

// sendOpen sends an open file, or the ranges of it that are asked for. encoding is that of its content.
func (s *server) sendOpen(req *request, f *os.File, info fs.FileInfo, name, encoding string) {
	h := req.out.Header()
	setType(h, name)
	tag := strconv.FormatInt(info.ModTime().UnixNano(), 36) + "-" + strconv.FormatInt(info.Size(), 36)
	if encoding != "" {
		h["Content-Encoding"] = []string{encoding}
		tag += "-" + encoding
	}
	if h["Etag"] == nil {
		h["Etag"] = []string{`"` + tag + `"`}
	}
	http.ServeContent(&req.out, ranged(req.Request, info.Size()), name, info.ModTime(), f)
}
