package serve

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"assay.rs/core"
)

// staticKey is how the answer for a static file passes through middleware.
const staticKey = "static"

// mount is a folder whose files are served.
type mount struct{ folder *os.Root }

// openMounts opens the folders of the routes, once each.
func openMounts(root core.Root, all []route) (closeAll func(), err error) {
	open := make(map[string]*mount)
	closeAll = func() {
		for _, m := range open {
			_ = m.folder.Close() // it was only read
		}
	}
	for i := range all {
		name := all[i].folder
		if name == "" {
			continue
		}
		if open[name] == nil {
			folder, err := root.Folder(name)
			if err != nil {
				closeAll()
				return nil, core.WithHint(err, "static names folders that exist")
			}
			open[name] = &mount{folder}
		}
		all[i].mount = open[name]
	}
	return closeAll, nil
}

// sendStatic sends the file of the folder that the route leads to; of a folder in it, index.html.
func (s *server) sendStatic(req *request) {
	name := req.staticName()
	clean, ok := localName(name)
	if !ok {
		s.send(req, plain(http.StatusNotFound, "not found"))
		return
	}
	m := req.found.route.mount
	if info, err := m.folder.Stat(clean); err == nil && info.IsDir() {
		if name != "" && !strings.HasSuffix(name, "/") {
			s.toFolder(req)
			return
		}
		clean = path.Join(clean, "index.html")
	}
	h := req.out.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if packed, err := m.open(clean + ".gz"); err == nil {
		defer packed.Close()
		h.Add("Vary", "Accept-Encoding")
		if takesGzip(req.Request) && req.Header.Get("Range") == "" {
			s.sendFound(req, packed, clean, "gzip")
			return
		}
	}
	f, err := m.open(clean)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || isEscape(err) {
			err = fs.ErrNotExist
		}
		s.noFile(req, clean, err)
		return
	}
	defer f.Close()
	s.sendFound(req, f, clean, "")
}

// misses tells whether a request leads to a folder that has no such file, and a handler answers those.
func (s *server) misses(req *request) bool {
	r := req.found.route
	if r == nil || r.mount == nil || s.routes.notFound.IsZero() {
		return false
	}
	name := req.staticName()
	clean, ok := localName(name)
	if !ok {
		return true
	}
	if info, err := r.mount.folder.Stat(clean); err == nil && info.IsDir() {
		if name != "" && !strings.HasSuffix(name, "/") {
			return false
		}
		clean = path.Join(clean, "index.html")
	}
	return !r.mount.has(clean) && !(takesGzip(req.Request) && r.mount.has(clean+".gz"))
}

// has tells whether there is such a regular file.
func (m *mount) has(name string) bool {
	info, err := m.folder.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// staticName is what of the path names a file of a folder.
func (r *request) staticName() string {
	for _, p := range r.found.params {
		if p.name == "*" {
			return p.value
		}
	}
	return ""
}

func (s *server) sendFound(req *request, f *os.File, name, encoding string) {
	info, err := f.Stat()
	if err != nil {
		s.noFile(req, name, err)
		return
	}
	s.sendOpen(req, f, info, name, encoding)
}

// toFolder leads to the same path with a slash, which relative links in index.html need.
func (s *server) toFolder(req *request) {
	to := "/" + strings.TrimLeft(req.rawPath(), "/") + "/" // two slashes would name a host
	if req.URL.RawQuery != "" {
		to += "?" + req.URL.RawQuery
	}
	s.send(req, answer{status: http.StatusMovedPermanently, kind: redirect, target: to})
}

// open opens a regular file.
func (m *mount) open(name string) (*os.File, error) {
	info, err := m.folder.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // to open a pipe would wait
		return nil, fs.ErrNotExist
	}
	return m.folder.Open(name)
}

// localName is a name within the folder. One with a part that begins with a dot is none.
func localName(name string) (string, bool) {
	if strings.ContainsAny(name, "\x00\\") {
		return "", false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return "", false
		}
	}
	clean := strings.TrimPrefix(path.Clean("/"+name), "/")
	if clean == "" {
		clean = "."
	}
	return clean, true
}

// isEscape tells that a symbolic link leads out of the folder.
func isEscape(err error) bool {
	var at *fs.PathError
	return errors.As(err, &at) && strings.Contains(at.Err.Error(), "escapes")
}
