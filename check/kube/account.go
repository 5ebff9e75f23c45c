package kube

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
)

// AccountFolder is where a pod finds its service account.
const AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// fromAccount reads the service account of the pod. found is false outside of pods, and in a pod that has none.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
func (c *Cluster) fromAccount(s Source) (found bool, err error) {
	folder := s.Account
	if folder == "" {
		folder = AccountFolder
	}
	host, _ := s.LookupEnv("KUBERNETES_SERVICE_HOST")
	port, _ := s.LookupEnv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return false, nil
	}
	c.token = func() (string, error) { return readToken(s, filepath.Join(folder, "token")) }
	token, err := c.token()
	if errors.Is(err, fs.ErrNotExist) {
		c.token = nil
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("the service account's token: %w", err)
	}
	ca, err := s.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return false, fmt.Errorf("the service account's ca.crt: %w", err)
	}
	namespace, err := s.ReadFile(filepath.Join(folder, "namespace"))
	if err != nil {
		return false, fmt.Errorf("the service account's namespace: %w", err)
	}
	c.Server = "https://" + net.JoinHostPort(host, port)
	c.Namespace, c.InPod = strings.TrimSpace(string(namespace)), true
	c.options.TLS.CA = string(ca)
	none := "" // the API server of the pod's own cluster is never behind a proxy
	c.options.Proxy = &none
	c.who = "the pod's service account"
	if subject := subjectOf(token); subject != "" {
		c.who = subject
	}
	return true, nil
}

func readToken(s Source, file string) (string, error) {
	data, err := s.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", fmt.Errorf("%s is empty", file)
	}
	s.Hide(token)
	return token, nil
}

// subjectOf is whom a token was made for, "system:serviceaccount:prod:assay", or nothing: it is for messages alone, and
// not verified.
func subjectOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Subject string `json:"sub"`
	}
	if json.Unmarshal(raw, &claims) != nil {
		return ""
	}
	return claims.Subject
}
