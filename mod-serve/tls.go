package serve

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"assay.rs/core"
)

// tlsFiles name the certificate of a server.
type tlsFiles struct{ cert, key string }

func tlsType() core.Type[tlsFiles] {
	return core.Record("http.ServeTLS", "The certificate of a server, as PEM files.",
		core.NewKey("cert", core.String(), func(t *tlsFiles) *string { return &t.cert }, "The file of the certificate, with those that lead to its authority. Required."),
		core.NewKey("key", core.String(), func(t *tlsFiles) *string { return &t.key }, "The file of its key. Required."))
}

// certificate is the one of the files, read again when they change.
type certificate struct {
	files tlsFiles
	root  core.Root
	log   *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  string
	looked time.Time
}

// lookEvery is how often the files are looked at.
const lookEvery = time.Second

// maxPEM is how large a file with a certificate or a key may be.
const maxPEM = 1 << 20

func newCertificate(files tlsFiles, root core.Root, log *slog.Logger) (*certificate, error) {
	if files.cert == "" || files.key == "" {
		return nil, errors.New("tls: cert and key are required")
	}
	c := &certificate{files: files, root: root, log: log}
	stamp, err := c.stampOf()
	if err == nil {
		c.loaded, err = c.load()
	}
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	c.stamp, c.looked = stamp, time.Now()
	return c, nil
}

func (c *certificate) load() (*tls.Certificate, error) {
	cert, err := c.root.ReadFile(c.files.cert, maxPEM)
	if err != nil {
		return nil, err
	}
	key, err := c.root.ReadFile(c.files.key, maxPEM)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	return &pair, err
}

// stampOf changes when a file does.
func (c *certificate) stampOf() (string, error) {
	var stamp strings.Builder
	for _, name := range []string{c.files.cert, c.files.key} {
		f, err := c.root.Open(name)
		if err != nil {
			return "", err
		}
		var info os.FileInfo
		info, err = f.Stat()
		_ = f.Close() // it was only read
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&stamp, info.ModTime().UnixNano(), info.Size())
	}
	return stamp.String(), nil
}

// get is the certificate for a handshake. Files that cannot be read, as in the middle of a change, leave
// the one before in use.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookEvery {
		return c.loaded, nil
	}
	c.looked = time.Now()
	stamp, err := c.stampOf()
	if err == nil && stamp != c.stamp {
		var loaded *tls.Certificate
		if loaded, err = c.load(); err == nil {
			c.loaded, c.stamp = loaded, stamp
			c.log.Info("the certificate was read again", "cert", c.files.cert)
		}
	}
	if err != nil {
		c.log.Warn("the certificate could not be read again", "error", err)
	}
	return c.loaded, nil
}
