package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay.rs/test/servers"
)

// spoken is what every client prints that talks to an echo service.
const spoken = "text text ü\nbinary 2\nbinary 200000\nclose 4001 enough"

// library is another implementation of WebSocket.
type library struct {
	name, program, extension string
	env                      []string
	has                      []string // succeeds when the library is there
	trust                    string   // the variable for a file with the authority to trust
}

// nodePath lets node find what test/install has put into the cache.
func nodePath(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("ASSAY_TEST_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "assay-test")
	}
	return "NODE_PATH=" + filepath.Join(cache, "npm", "node_modules")
}

func libraries(t *testing.T) []library {
	t.Helper()
	node := []string{nodePath(t)}
	return []library{
		{"npm's ws", "node", ".js", node, []string{"-e", "require('ws')"}, "NODE_EXTRA_CA_CERTS"},
		{"Debian's python3-websockets", "/usr/bin/python3", ".py", nil, []string{"-c", "import websockets"}, "SSL_CERT_FILE"},
	}
}

func (l library) command(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), l.program, args...)
	cmd.Env = append(os.Environ(), l.env...)
	return cmd
}

func TestWebSocketInterop(t *testing.T) {
	for _, l := range libraries(t) {
		t.Run(l.name, func(t *testing.T) {
			if out, err := l.command(t, l.has...).CombinedOutput(); err != nil {
				if os.Getenv("CI") == "true" {
					t.Fatalf("%s is missing: ./test/run installs it: %v\n%s", l.name, err, out)
				}
				t.Skipf("%s is missing: ./test/run installs it", l.name)
			}
			t.Run("as a client", func(t *testing.T) {
				port := serving(t, exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "testdata/ws/service.lua"))
				out, err := l.command(t, "testdata/ws/client"+l.extension, "ws://127.0.0.1:"+port+"/echo").CombinedOutput()
				if got := strings.TrimSpace(string(out)); err != nil || got != spoken {
					t.Errorf("%v\ngot:\n%s\nwant:\n%s", err, got, spoken)
				}
			})
			t.Run("as a client over TLS", func(t *testing.T) {
				url, authority := secureEcho(t)
				client := l.command(t, "testdata/ws/client"+l.extension, url)
				client.Env = append(client.Env, l.trust+"="+authority)
				out, err := client.CombinedOutput()
				if got := strings.TrimSpace(string(out)); err != nil || got != spoken {
					t.Errorf("%v\ngot:\n%s\nwant:\n%s", err, got, spoken)
				}
				if out, err := l.command(t, "testdata/ws/client"+l.extension, url).CombinedOutput(); err == nil {
					t.Errorf("a client that does not know the authority was served:\n%s", out)
				}
			})
			t.Run("as a server", func(t *testing.T) {
				port := serving(t, l.command(t, "testdata/ws/server"+l.extension))
				out, err := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "testdata/ws/client.lua", "ws://127.0.0.1:"+port+"/").CombinedOutput()
				if got := strings.ReplaceAll(strings.TrimSpace(string(out)), "\t", " "); err != nil || got != spoken {
					t.Errorf("%v\ngot:\n%s\nwant:\n%s", err, got, spoken)
				}
			})
		})
	}
}

// secureEcho starts the echo service with a certificate, and gives its URL and the file of the authority.
func secureEcho(t *testing.T) (url, authority string) {
	t.Helper()
	issuer, mounted := servers.NewIssuer(t), &secret{dir: t.TempDir()}
	cert, key := issuer.Issue(t, "echo")
	mounted.put(t, cert, key)
	service := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "testdata/ws/service.lua", filepath.Join(mounted.dir, "tls.crt"), filepath.Join(mounted.dir, "tls.key"))
	return "wss://127.0.0.1:" + serving(t, service) + "/echo", issuer.File
}

func TestWebSocketOverTLS(t *testing.T) {
	url, authority := secureEcho(t)
	out, err := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "testdata/ws/client.lua", url, authority).CombinedOutput()
	if got := strings.ReplaceAll(strings.TrimSpace(string(out)), "\t", " "); err != nil || got != spoken {
		t.Errorf("%v\ngot:\n%s\nwant:\n%s", err, got, spoken)
	}
	out, err = exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "testdata/ws/client.lua", url).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "certificate") {
		t.Errorf("without the authority: %v, want an error about the certificate:\n%s", err, out)
	}
}

// serving starts a program that prints its port first, and ends it with the test.
func serving(t *testing.T, cmd *exec.Cmd) (port string) {
	t.Helper()
	if cmd.Stderr == nil {
		cmd.Stderr = os.Stderr
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		lines <- strings.TrimSpace(line)
	}()
	select {
	case port = <-lines:
	case <-time.After(30 * time.Second):
	}
	if port == "" {
		t.Fatalf("%s does not serve", cmd)
	}
	return port
}

// A thousand members, one of whom says something.
func TestChat(t *testing.T) {
	service := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "-", "")
	source, err := os.ReadFile(filepath.Join(root, "examples", "chat", "service.lua"))
	if err != nil {
		t.Fatal(err)
	}
	told := strings.Replace(string(source), `log.info("chat", {port = port})`, "print(port)", 1)
	service.Stdin = strings.NewReader(told)
	port := serving(t, service)
	client := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), "--memory", "512MB", "--timeout", "100s", "testdata/ws/members.lua", "ws://127.0.0.1:"+port+"/chat", "1000")
	out, err := client.CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != "1000 members have got it" {
		t.Errorf("%v\n%s", err, got)
	}
}
