package check

import (
	"errors"
	"fmt"
	"strings"

	"assay.rs/check/internal/redact"
	"assay.rs/mod-data/yaml"
)

// secretsValue reads `secrets`: where each value comes from, and the value itself.
func (s *scope) secretsValue() Value {
	var file, env string
	table := []Key{
		{Name: "from_file", Text: "A file that holds the value; a newline at its end is not part of it. It is read again for each attempt, since secrets in pods are renewed.", Value: Word(&file)},
		{Name: "from_env", Text: "The environment variable that holds the value.", Value: Word(&env)},
	}
	return Value{func() schema { return schema{"type": "object", "additionalProperties": tableSchema(table)} }, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "'secrets' must be a map, not %s", describe(n))
			return
		}
		for _, p := range n.Pairs {
			if !nameLike(p.Key) || strings.Contains(p.Key, ".") {
				r.Fail(&yaml.Node{Line: p.Line, Col: p.Col}, "'%s' cannot name a secret: use letters, digits and _", clip(p.Key))
				continue
			}
			if s.given.secrets[p.Key] {
				continue
			}
			file, env = "", ""
			before := r.problems.Len()
			r.keys(p.Value, "secret '"+p.Key+"'", table)
			if r.problems.Len() > before {
				continue
			}
			value, err := s.secret(r, file, env)
			if err == nil && file != "" && value != absent {
				s.rotating[p.Key] = &secretFile{name: p.Key, path: r.find(file), redactor: s.redactor}
			} else {
				delete(s.rotating, p.Key)
			}
			if err != nil {
				r.Fail(p.Value, "secret '%s': %s", p.Key, err)
				value = absent
			}
			s.secrets[p.Key] = value
			s.redactor.Add(value)
		}
	}}
}

func (s *scope) secret(r *Reader, file, env string) (string, error) {
	value, err := s.secretValue(r, file, env)
	if err == nil && len(value) < redact.Shortest {
		return "", fmt.Errorf("is shorter than %d bytes: it would be masked wherever it stands in a word; use a longer one, or vars for what is no secret", redact.Shortest)
	}
	return value, err
}

func (s *scope) secretValue(r *Reader, file, env string) (string, error) {
	switch {
	case (file == "") == (env == ""):
		return "", fmt.Errorf("needs one of from_file and from_env")
	case env != "":
		s.needed.env[env] = true
		v, ok := s.env(env)
		if !ok && s.remote {
			return absent, nil
		}
		if !ok || v == "" {
			return "", fmt.Errorf("the environment variable %s is not set", env)
		}
		return v, nil
	}
	v, err := readSecret(r.find(file))
	if err != nil && s.remote {
		return absent, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return v, nil
}

// maxSecret is how large a file with a secret may be.
const maxSecret = 1 << 20

// readSecret reads the file of a secret. What has nothing in it is an error.
func readSecret(path string) (string, error) {
	raw, err := readFile(path, maxSecret)
	if err != nil {
		return "", err
	}
	v := strings.TrimRight(string(raw), "\r\n")
	if v == "" {
		return "", errors.New("is empty")
	}
	return v, nil
}

// secretFile is a secret whose value may be another one at each attempt.
type secretFile struct {
	name, path string
	redactor   *redact.Redactor
}

// read gives the present value, which is masked from then on, as those before it still are.
func (f *secretFile) read() (string, error) {
	v, err := readSecret(f.path)
	if err == nil && len(v) < redact.Shortest {
		err = fmt.Errorf("is shorter than %d bytes", redact.Shortest)
	}
	if err != nil {
		return "", fmt.Errorf("secret '%s': %s: %w", f.name, f.path, err)
	}
	f.redactor.Add(v)
	return v, nil
}
