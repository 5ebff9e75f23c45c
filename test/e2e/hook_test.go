package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// identity is an OpenID provider whose account "service" has a key of the test's.
type identity struct {
	*storage.Storage
	key *rsa.PublicKey
}

// GetKeyByIDAndClientID finds the key that an assertion must be signed with.
func (i identity) GetKeyByIDAndClientID(_ context.Context, keyID, account string) (*jose.JSONWebKey, error) {
	if keyID != "key1" || account != storage.ServiceUserID {
		return nil, errors.New("no such key")
	}
	return &jose.JSONWebKey{KeyID: keyID, Use: "sig", Key: i.key}, nil
}

// accounts has a user for the service account, so that /userinfo knows whose a token is.
type accounts struct{ storage.UserStore }

func (a accounts) GetUserByID(id string) *storage.User {
	if id == storage.ServiceUserID {
		return &storage.User{ID: id}
	}
	return a.UserStore.GetUserByID(id)
}

// serveIdentity runs a provider and writes the private key of its account to a file.
func serveIdentity(t *testing.T) (issuer, keyFile string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	keyFile = filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	issuer = "http://" + server.Listener.Addr().String()
	store := identity{storage.NewStorage(accounts{storage.NewUserStore(issuer)}), &key.PublicKey}
	provider, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}}, store, op.StaticIssuer(issuer), op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = provider
	server.Start()
	t.Cleanup(server.Close)
	return issuer, keyFile
}

// configService has one document, for who has a token of the identity provider.
type configService struct {
	issuer string

	mu       sync.Mutex
	document string
	busy     int      // how many requests it turns away at first
	requests []string // method, path and status of each
}

func (s *configService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, answer := s.answer(r)
	s.requests = append(s.requests, fmt.Sprintf("%s %s %d", r.Method, r.URL.Path, status))
	w.Header().Set("ETag", `"v1"`)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func (s *configService) answer(r *http.Request) (int, string) {
	if s.busy > 0 {
		s.busy--
		return http.StatusServiceUnavailable, "busy"
	}
	if who := s.caller(r); who != storage.ServiceUserID {
		return http.StatusUnauthorized, "nobody knows " + who
	}
	switch r.Method {
	case http.MethodGet:
		return http.StatusOK, s.document
	case http.MethodPut:
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("If-Match") != `"v1"` || r.Header.Get("Content-Type") != "application/json" {
			return http.StatusPreconditionFailed, fmt.Sprint("not the present version ", r.Header, err)
		}
		s.document = string(body)
		return http.StatusOK, ""
	}
	return http.StatusMethodNotAllowed, ""
}

// caller asks the identity provider whose token a request carries.
func (s *configService) caller(r *http.Request) string {
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.issuer+"/userinfo", nil)
	if err != nil {
		return ""
	}
	ask.Header.Set("Authorization", r.Header.Get("Authorization"))
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	var user struct {
		Sub string `json:"sub"`
	}
	if answer.StatusCode != http.StatusOK || json.NewDecoder(answer.Body).Decode(&user) != nil {
		return ""
	}
	return user.Sub
}

const shopDocument = `{"name": "shop", "image": "registry.example.com/shop", "version": "1.4.0", "replicas": 1, "history": [],
	"big": 9007199254740993, "empty": [], "env": [{"name": "MODE", "value": "a \"b\""}]}`

// runHook runs examples/hook/hook.lua in an empty folder.
func runHook(t *testing.T, env ...string) (out, dir string, err error) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), filepath.Join(root, "examples", "hook", "hook.lua"), "out/deployment.yaml")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	both, err := cmd.CombinedOutput()
	return string(both), dir, err
}

func TestHook(t *testing.T) {
	issuer, key := serveIdentity(t)
	service := &configService{issuer: issuer, document: shopDocument, busy: 2}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	out, dir, err := runHook(t, "ISSUER="+issuer, "CONFIG="+server.URL, "VERSION=1.5.0", "KEY_FILE="+key)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wanted := "GET /apps/shop 503, GET /apps/shop 503, GET /apps/shop 200, PUT /apps/shop 200"
	if got := strings.Join(service.requests, ", "); got != wanted {
		t.Errorf("requests = %s, want %s", got, wanted)
	}
	var document struct {
		Version  string
		Replicas int
		Big      json.Number
		Empty    json.RawMessage
		History  []struct{ Version, At string }
	}
	if err := json.Unmarshal([]byte(service.document), &document); err != nil {
		t.Fatalf("%v in %s", err, service.document)
	}
	at, err := time.Parse(time.RFC3339, document.History[0].At)
	if document.Version != "1.5.0" || document.Replicas != 2 || document.History[0].Version != "1.5.0" || err != nil || time.Since(at) > time.Minute {
		t.Errorf("document = %s", service.document)
	}
	if string(document.Empty) != "[]" || document.Big != "9007199254740993" {
		t.Errorf("what the hook left alone has become %s and %s", document.Empty, document.Big)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "out", "deployment.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"name: shop\n", "replicas: 2\n", `image: "registry.example.com/shop:1.5.0"`, `- { name: MODE, value: "a \"b\"" }`} {
		if !bytes.Contains(manifest, []byte(want)) {
			t.Errorf("the manifest lacks %q:\n%s", want, manifest)
		}
	}
}

func TestHookFailures(t *testing.T) {
	issuer, key := serveIdentity(t)
	_, stranger := serveIdentity(t)
	service := &configService{issuer: issuer, document: shopDocument}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	secret, err := os.ReadFile(stranger)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		env  []string
		want string
	}{
		{"no version", []string{"ISSUER=" + issuer, "CONFIG=" + server.URL, "VERSION="}, "set VERSION"},
		{"no key", []string{"ISSUER=" + issuer, "CONFIG=" + server.URL, "VERSION=1", "KEY_FILE=/nowhere/key.pem"}, "/nowhere/key.pem: no such file"},
		{"a key of somebody else", []string{"ISSUER=" + issuer, "CONFIG=" + server.URL, "VERSION=1", "KEY_FILE=" + stranger}, "400 != 200"},
		{"an unknown account", []string{"ISSUER=" + issuer, "CONFIG=" + server.URL, "VERSION=1", "KEY_FILE=" + key, "ACCOUNT=nobody"}, "400 != 200"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, dir, err := runHook(t, test.env...)
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out, test.want) {
				t.Errorf("%v, want exit status 1 and %q in\n%s", err, test.want, out)
			}
			if strings.Contains(out, string(secret[40:80])) || strings.Contains(out, "goroutine") {
				t.Errorf("the output has what it must not have:\n%s", out)
			}
			if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
				t.Error("a manifest was written")
			}
		})
	}
	if len(service.requests) > 0 {
		t.Errorf("requests = %v", service.requests)
	}
}
