package kubernetes

import (
	"net/http"
	"testing"
	"time"

	"assay.rs/test/servers"
)

// eventually polls until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	eventuallyWithin(t, time.Minute, what, ok)
}

func eventuallyWithin(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(50 * time.Millisecond) { // a poll
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, limit)
		}
	}
}

// servedSoon waits until pods can be made: until the controllers have made the namespace's account.
func servedSoon(t *testing.T, c *servers.Cluster) {
	t.Helper()
	eventually(t, "the account of the namespace default is there", func() bool {
		status, _, err := c.Request(t.Context(), http.MethodGet, "/api/v1/namespaces/default/serviceaccounts/default", "", "")
		return err == nil && status == http.StatusOK
	})
}
