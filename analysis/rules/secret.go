package rules

import (
	"math"
	"regexp"
	"strings"

	"assay.rs/analysis/checkfile"
	"assay.rs/core/syntax"
)

// secretName are names of what holds a secret.
var secretName = regexp.MustCompile(`(?i)(^|[_.-])(password|passwd|passphrase|secret|token|bearer|api_?key|access_?key|secret_?key|private_?key|client_?secret|authorization)$`)

// issued are secrets that their issuers mark as such.
var issued = regexp.MustCompile(`^(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{16,}|hvs\.[A-Za-z0-9_-]{20,}|-----BEGIN ([A-Z]+ )?PRIVATE KEY-----)`)

// harmless are pieces of what only stands for a secret, and the sample of the specification Standard Webhooks.
var harmless = regexp.MustCompile(`(?i)example|sample|change|secret|passw|token|test|dummy|fake|placeholder|your|xxx|\*\*\*|todo|demo|redacted|1234|abcd|deadbeef|hunter2|letmein|(^|[^a-z])(foo|bar|my)|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|[${<>}%]|\.\.\.|…`)

// secretText reports whether a text looks like a secret that somebody was given. In doubt it is none: words, paths,
// names of variables, and what repeats itself are not.
func secretText(named bool, text string) bool {
	text = strings.TrimSpace(text)
	for _, scheme := range []string{"Bearer ", "bearer ", "Basic ", "token "} {
		text = strings.TrimPrefix(text, scheme)
	}
	if harmless.MatchString(text) {
		return false
	}
	if issued.MatchString(text) {
		return true
	}
	if !named || len(text) < 12 || strings.ContainsAny(text, " \t\n:") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, ".") {
		return false
	}
	return strings.ContainsAny(text, "0123456789") && strings.ContainsAny(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz") && entropy(text) >= 3
}

// entropy is how many bits a character of a text says.
func entropy(text string) float64 {
	count := make(map[rune]float64)
	n := 0.0
	for _, r := range text {
		count[r]++
		n++
	}
	bits := 0.0
	for _, c := range count {
		bits -= c / n * math.Log2(c/n)
	}
	return bits
}

const secretMessage = "a secret stands in the file: read it from the environment or a file, and give the old one up"

// secret looks at a text of Lua: secret-literal.
func (k *checker) secret(id syntax.NodeID) {
	if secretText(secretName.MatchString(k.holder(id)), k.Text(id)) {
		k.at(id, "secret-literal", secretMessage, nil)
	}
}

// holder is the name of the variable or key that a value is given to.
func (k *checker) holder(id syntax.NodeID) string {
	parent := k.Parent(id)
	n, kids := k.Tree.Node(parent), k.Tree.Kids(parent)
	switch n.Kind {
	case syntax.NamedItem:
		return k.Tree.Name(kids[0])
	case syntax.KeyedItem:
		if kids[1] == id && k.Tree.Node(kids[0]).Kind == syntax.StringLiteral {
			return k.Text(kids[0])
		}
	case syntax.LocalStatement, syntax.AssignStatement:
		for i, value := range kids[n.Split:] {
			if value != id || i >= int(n.Split) {
				continue
			}
			target := kids[i]
			if k.Tree.Node(target).Kind == syntax.Index {
				target = k.Tree.Kids(target)[1]
			}
			return k.Tree.Name(target)
		}
	}
	return ""
}

// secrets looks at the values of a check file.
func secrets(f *checkfile.File) []Finding {
	var findings []Finding
	for i, e := range f.Entries {
		if e.Key == "script" {
			continue
		}
		name := e.Key
		if e.Parent >= 0 && f.Entries[e.Parent].Key == "secrets" {
			name = "secret"
		}
		value := f.Scalar(i)
		if value.Kind == checkfile.Text && value.Exact && secretText(secretName.MatchString(name), value.Text) {
			findings = append(findings, Finding{Code: "secret-literal", Message: secretMessage, Severity: severities()["secret-literal"], Start: value.Start, End: value.End})
		}
	}
	return findings
}
