package serve

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// Handlers take turns with an alarm: its timer goes off when the first one would have been ended.
func TestEachHandlerHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		withServer(t, `local takes = {0, 25, 29, 100, 0, 100}
			local n = 0
			serve{GET = {["/"] = function() n = n + 1  sleep(takes[n])  return {body = "ok"} end}}`, func(s *server) {
			for i, want := range []struct {
				status int
				took   time.Duration
			}{
				{http.StatusOK, 0},
				{http.StatusOK, 25 * time.Second},
				{http.StatusOK, 29 * time.Second},
				{http.StatusServiceUnavailable, defaults().handlerTimeout},
				{http.StatusOK, 0},
				{http.StatusServiceUnavailable, defaults().handlerTimeout},
			} {
				began := time.Now()
				w := httptest.NewRecorder()
				s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
				if status := w.Code; status != want.status || time.Since(began) != want.took {
					t.Errorf("request %d: %d after %s, want %d after %s", i+1, status, time.Since(began), want.status, want.took)
				}
				time.Sleep(20 * time.Second)
			}
		})
	})
}
