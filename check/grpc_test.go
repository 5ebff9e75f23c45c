package check

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// health1 is a message HealthCheckResponse with a status.
func health1(status byte) string {
	message := []byte{1 << 3, status}
	return string(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))) + string(message)
}

// grpcServer answers the health service over HTTP/2: of a service "a" with what answers["a"] says.
func grpcServer(t *testing.T, config *tls.Config, answers map[string]func(w http.ResponseWriter)) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) < 5 || r.URL.Path != "/grpc.health.v1.Health/Check" || r.Header.Get("TE") != "trailers" || r.ProtoMajor != 2 {
			t.Errorf("request %s %s, TE %q, body %q, %v: not a call of the health service", r.Proto, r.URL.Path, r.Header.Get("TE"), body, err)
		}
		service := ""
		if len(body) > 7 {
			service = string(body[7:])
		}
		answers[service](w)
	}))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP2(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	if config != nil {
		s.TLS = config
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestGRPC(t *testing.T) {
	says := func(body, status string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
			_, _ = io.WriteString(w, body)
			w.Header().Set("Grpc-Status", status)
			w.Header().Set("Grpc-Message", "no%20such")
		}
	}
	only := func(status string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Grpc-Status", status)
		}
	}
	answers := map[string]func(http.ResponseWriter){
		"":        says(health1(1), "0"),
		"up":      says(health1(1), "0"),
		"down":    says(health1(2), "0"),
		"zero":    says("\x00\x00\x00\x00\x00", "0"),
		"unknown": says(health1(3), "0"),
		"gone":    only("5"),
		"none":    only("12"),
		"busy":    only("14"),
		"denied":  says("", "7"),
		"cut": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/grpc")
			_, _ = io.WriteString(w, health1(1))
		},
		"early": func(w http.ResponseWriter) {
			only("0")(w)
			_, _ = io.WriteString(w, health1(1))
		},
		"both": func(w http.ResponseWriter) {
			only("0")(w)
			w.Header().Set("Trailer", "Grpc-Status")
			_, _ = io.WriteString(w, health1(1))
			w.Header().Set("Grpc-Status", "14")
		},
		"twice": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Trailer", "Grpc-Status")
			_, _ = io.WriteString(w, health1(1))
			w.Header()["Grpc-Status"] = []string{"0", "14"}
		},
		"reset": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/grpc")
			_, _ = io.WriteString(w, health1(1))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler) // RST_STREAM
		},
		"odd":   says(health1(1), "+0"),
		"none0": says(health1(1), "00"),
		"empty": says("", "0"),
		"html": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>SERVING")
		},
		"late": says(health1(1), "14"),
		"slow": func(http.ResponseWriter) { time.Sleep(400 * time.Millisecond) },
	}
	server := grpcServer(t, nil, answers)
	for name, c := range map[string]struct{ check, want string }{
		"server":                    {"", "passed"},
		"service":                   {"service: up", "passed"},
		"not serving":               {"service: down", "failed assert: status == SERVING (got NOT_SERVING)"},
		"not serving, as expected":  {"service: down, expect: {status: NOT_SERVING}", "passed"},
		"serving, unexpectedly":     {"service: up, expect: {status: NOT_SERVING}", "failed assert: status == NOT_SERVING (got SERVING)"},
		"unknown":                   {"service: zero", "failed assert: status == SERVING (got UNKNOWN)"},
		"service unknown":           {"service: unknown", "failed assert: status == SERVING (got SERVICE_UNKNOWN)"},
		"not found":                 {"service: gone", "failed assert: status is SERVICE_UNKNOWN: the server answered with gRPC status 5 NOT_FOUND"},
		"no health service":         {"service: none", "failed assert: the server does not tell its health: the server answered with gRPC status 12 UNIMPLEMENTED"},
		"unavailable":               {"service: busy", "error connect: the server answered with gRPC status 14 UNAVAILABLE"},
		"denied":                    {"service: denied", "error error: the server answered with gRPC status 7 PERMISSION_DENIED: no such"},
		"no status":                 {"service: cut", "error error: the answer is cut short: it has no grpc-status"},
		"status before the message": {"service: early", "error error: the answer is cut short: it has no grpc-status"},
		"status before and after":   {"service: both", "error connect: the server answered with gRPC status 14 UNAVAILABLE"},
		"two statuses":              {"service: twice", "error error: the answer is cut short: it has no grpc-status, or no valid one"},
		"status with a sign":        {"service: odd", "error error: the answer is cut short: it has no grpc-status, or no valid one"},
		"status with zeros":         {"service: none0", "error error: the answer is cut short: it has no grpc-status, or no valid one"},
		"stream that is reset":      {"service: reset", "error error: stream error: "},
		"no message":                {"service: empty", "error error: the answer holds no message"},
		"page":                      {"service: html", `error error: not an answer of gRPC: its content type is "text/html"`},
		"serving, but failed":       {"service: late", "error connect: the server answered with gRPC status 14 UNAVAILABLE"},
		"too slow":                  {"service: slow, attempt_timeout: 100ms", "error timeout: attempt_timeout of 100ms reached"},
	} {
		t.Run(name, func(t *testing.T) {
			check := "{name: a, type: grpc, address: '" + server + "'"
			if c.check != "" {
				check += ", " + c.check
			}
			if got := one(t, check+"}"); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.check, got, c.want)
			}
		})
	}
}

func TestGRPCOverTLS(t *testing.T) {
	root, _ := newCertificate(t, nil, "root authority", time.Hour)
	_, cert := newCertificate(t, root, "localhost", time.Hour)
	b := newBench(t)
	ca := b.write("ca.pem", root.pem)
	server := grpcServer(t, &tls.Config{Certificates: []tls.Certificate{cert}}, map[string]func(http.ResponseWriter){"": func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer", "Grpc-Status")
		_, _ = io.WriteString(w, health1(1))
		w.Header().Set("Grpc-Status", "0")
	}})
	address := "localhost:" + port(server)
	plain := listen(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })
	for check, want := range map[string]string{
		"address: '" + address + "', ca_cert_file: " + ca:           "passed",
		"address: '" + address + "', tls: true":                     "error tls: tls with localhost: x509: certificate signed by unknown authority",
		"address: '" + server + "', tls: true, ca_cert_file: " + ca: "error tls: tls with 127.0.0.1: x509: cannot validate certificate for 127.0.0.1",
		"address: '" + plain + "'":                                  "error connect: ",
		"address: '" + nobody(t) + "'":                              "error connect: dial tcp ",
	} {
		if got := one(t, "{name: a, type: grpc, "+check+"}"); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", check, got, want)
		}
	}
}
