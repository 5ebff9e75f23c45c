package serve

import (
	"fmt"
	"net/http"
	"time"
)

// endpoint answers health, readiness and metrics, where they are on.
func (s *server) endpoint(req *request) bool {
	if req.Method != http.MethodGet && req.Method != http.MethodHead || !s.watched {
		return false
	}
	switch req.URL.Path {
	case "":
		return false
	case s.healthPath:
		s.send(req, plain(http.StatusOK, "ok"))
	case s.readyPath:
		if s.draining.Load() {
			s.send(req, plain(http.StatusServiceUnavailable, "draining"))
			return true
		}
		s.send(req, plain(http.StatusOK, "ready"))
	case s.metricsPath:
		a := plain(http.StatusOK, s.metrics())
		a.header = http.Header{"Content-Type": {"text/plain; version=0.0.4; charset=utf-8"}}
		s.send(req, a)
	default:
		return false
	}
	return true
}

// finish counts and logs an answered request.
func (s *server) finish(req *request) {
	s.figures.inFlight.Add(-1)
	took := time.Since(req.began)
	if s.counts {
		s.figures.count(req, took)
	}
	if s.access != nil {
		s.logAccess(req, took)
	}
}

func (s *server) logAccess(req *request, took time.Duration) {
	s.access.Info("request",
		"method", req.Method, "path", withoutPasswords(req.rawPath()), "status", req.out.status, "bytes", req.out.bytes,
		"duration_ms", float64(took.Microseconds())/1000, "remote_addr", req.RemoteAddr, "request_id", req.ID(),
		"user_agent", fmt.Sprintf("%.200s", withoutPasswords(req.UserAgent())))
}
