package command

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/check"
	"assay.rs/core"
	"assay.rs/core/version"
)

// The templates are YAML with places such as @NAME@. A place that has a line of its own takes a block of lines, each as
// deep as the place. text/template would keep every exported method of the program.
//
//go:embed init
var initFiles embed.FS

// manifest is what runs the checks of a file in another place.
type manifest struct {
	program                string
	name, namespace, image string

	path     string // of the check file, as it was given
	argument string // of the program in the container
	folder   string // whose files go into the ConfigMap
	files    []content
	needs    check.Requirements
}

type content struct{ path, text string }

// afterTimeout is what Kubernetes waits for beyond the timeout of the checks, which end themselves and say why.
const afterTimeout = 30 * time.Second

// usualTimeout bounds checks that could take for ever.
const usualTimeout = time.Hour

// maxConfigMap is what the API server takes, in bytes.
const maxConfigMap = 1 << 20

func template(name string) string {
	text, err := initFiles.ReadFile("init/" + name + ".yaml")
	if err != nil {
		panic(err) // a target without its file
	}
	return string(text)
}

// place matches where something is filled in.
func place() *regexp.Regexp { return regexp.MustCompile(`@[A-Z]+@`) }

// fillIn replaces the places of a template. What is filled in is not looked at again, and an empty block leaves no line.
func fillIn(text string, values map[string]string) string {
	pattern := place()
	var b strings.Builder
	for line := range strings.Lines(text) {
		word := strings.TrimSpace(line)
		if pattern.FindString(word) != word || word == "" {
			b.WriteString(pattern.ReplaceAllStringFunc(line, func(p string) string { return values[strings.Trim(p, "@")] }))
			continue
		}
		indent := line[:strings.Index(line, word)]
		for inner := range strings.Lines(values[strings.Trim(word, "@")]) {
			if inner != "\n" {
				b.WriteString(indent)
			}
			b.WriteString(strings.TrimSuffix(inner, "\n") + "\n")
		}
	}
	return b.String()
}

// quoted is a text as YAML, which JSON is.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string can be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// deadline is after how many seconds the pod is ended from outside.
func (m *manifest) deadline() int {
	limit := m.needs.Timeout
	if limit <= 0 || limit > 24*time.Hour {
		limit = usualTimeout
	}
	return int((limit + afterTimeout + time.Second - 1) / time.Second)
}

// fill gives the text for a target.
func (m *manifest) fill(target string) (string, error) {
	values := map[string]string{
		"NAME": m.name, "PATH": quoted(m.argument), "PROGRAM": m.program, "FILE": shellWord(m.path),
		"DEADLINE": strconv.Itoa(m.deadline()), "MINUTES": strconv.Itoa((m.deadline() + 59) / 60),
		"TOKEN": strconv.FormatBool(slices.Contains(m.needs.Types, "k8s")),
		"IMAGE": m.image, "PACKAGE": "assay.rs/cmd/" + m.program + "@" + released("latest"), "GO": "1",
		"META": m.metadata(), "ENV": m.env(), "SECRETS": m.workflowEnv(),
	}
	values["LIMIT"], values["SECONDS"] = strconv.Itoa(m.deadline()-int(afterTimeout/time.Second)), strconv.Itoa(m.deadline()-20)
	values["WHERE"], values["MORE"] = cmp.Or(m.namespace, "NAMESPACE"), strings.TrimPrefix(strings.ReplaceAll(m.env(), "\n  - ", "\n- "), envHead)
	if target == "flagger" {
		m.files = append(m.files, content{filepath.Join(m.folder, "flagger.lua"), flaggerScript()})
		m.program = "assay" // the other one runs no scripts
	}
	if m.image == "" {
		values["IMAGE"] = m.program + ":" + released("latest")
	}
	if target != "github" && target != "gitlab" {
		files, err := m.configFiles(target == "helm")
		if err != nil {
			return "", err
		}
		values["FILES"] = files
	}
	// Each may stand in those after it.
	for _, block := range []string{"configmap", "pod", "jobspec", "analysis"} {
		values[strings.ToUpper(block)] = fillIn(template(block), values)
	}
	return fillIn(template(target), values), nil
}

// released is the version of the program, or other for one that was built from a working tree.
func released(other string) string {
	if v := version.Current(); v != "devel" && !strings.ContainsAny(v, "+-") {
		return v
	}
	return other
}

func (m *manifest) metadata() string {
	text := "name: " + m.name + "\n"
	if m.namespace != "" {
		text += "namespace: " + m.namespace + "\n"
	}
	return text
}

// env are the variables of the container: its own namespace, and others from a Secret. A pod does not start before the Secret
// has them.
func (m *manifest) env() string {
	var b strings.Builder
	for _, file := range m.files {
		if strings.Contains(file.text, "${NAMESPACE") {
			b.WriteString("  - { name: NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }\n")
			break
		}
	}
	for _, name := range m.needs.Env {
		if name == "NAMESPACE" {
			continue
		}
		fmt.Fprintf(&b, "  - { name: %s, valueFrom: { secretKeyRef: { name: %s, key: %s } } }\n", quoted(name), m.name, quoted(name))
	}
	if b.Len() == 0 {
		return ""
	}
	return envHead + b.String()
}

const envHead = "env: # what the check file asks for\n"

// flaggerScript is the service that Flagger calls.
func flaggerScript() string {
	text, err := initFiles.ReadFile("init/flagger.lua")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

func (m *manifest) workflowEnv() string {
	if len(m.needs.Env) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("env:\n")
	for _, name := range m.needs.Env {
		fmt.Fprintf(&b, "  %s: ${{ secrets.%s }}\n", name, name)
	}
	return b.String()
}

// configFiles are the entries of the ConfigMap. In a Helm chart, braces are text.
func (m *manifest) configFiles(helm bool) (string, error) {
	var b strings.Builder
	for _, file := range m.files {
		if filepath.Clean(filepath.Dir(file.path)) != m.folder {
			return "", core.WithHint(fmt.Errorf("%s is not in the folder of the check file, and a ConfigMap has no folders", file.path),
				"move it beside the check file, or write a script into 'script:'")
		}
		text := file.text
		if helm {
			text = strings.ReplaceAll(text, "{{", `{{ "{{" }}`)
		}
		fmt.Fprintf(&b, "%s: %s", quoted(filepath.Base(file.path)), block(text))
	}
	if b.Len() > maxConfigMap {
		return "", errors.New("the check files are larger than the 1 MB that a ConfigMap holds")
	}
	return b.String(), nil
}

// block is a text as a literal block scalar of YAML, or quoted where that could not hold it.
func block(text string) string {
	plain := text != "" && text[0] != ' ' && text[0] != '\n' && text[0] != '\t'
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\ufeff' || r == 0x2028 || r == 0x2029 {
			plain = false
		}
	}
	if !plain {
		return quoted(text) + "\n"
	}
	head := "|\n"
	switch {
	case !strings.HasSuffix(text, "\n"):
		head, text = "|-\n", text+"\n"
	case strings.HasSuffix(text, "\n\n"):
		head = "|+\n"
	}
	var b strings.Builder
	b.WriteString(head)
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// shellWord is a text as one word of a shell, in YAML's plain style too.
func shellWord(s string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_./-]+$`).MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
