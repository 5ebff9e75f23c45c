package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay.rs/check"
	"assay.rs/core"
	"assay.rs/core/nearest"
)

// targets of init, each with a template of its name.
func initTargets() []string {
	return []string{"argocd", "kargo", "rollouts", "flagger", "helm", "job", "cronjob", "github", "gitlab"}
}

type initFlags struct{ name, namespace, image string }

// InitCommand starts a check file, or prints what runs one in a cluster or in CI. program is the name of the binary and
// of its image.
func InitCommand(stdout io.Writer, program string, surroundings func(context.Context) Surroundings) *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use:   "init [flags] [URL | TARGET [FILE|FOLDER]]",
		Short: "Start a check file, or print the manifests that run one",
		Long: `Without a target, prints a check file to begin with, for the service at URL.

With one, prints what runs the checks of FILE there, or of such a file to begin with:
  argocd            a Pod that is a PostSync hook
  kargo, rollouts   an AnalysisTemplate
  flagger           a service that Flagger's webhooks call
  helm              a Job that is a post-install and post-upgrade hook
  job, cronjob      a Job, a CronJob
  github, gitlab    a workflow, a job of a pipeline`,
		Example: "  " + program + " init https://shop.example.com/health > checks.yaml\n" +
			"  " + program + " init argocd checks.yaml --name shop-checks --namespace shop | kubectl apply --dry-run=server -f -",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			m := &manifest{program: program, name: flags.name, namespace: flags.namespace, image: flags.image}
			text, err := m.print(args, surroundings(cmd.Context()))
			if err != nil {
				return err
			}
			_, err = io.WriteString(stdout, text)
			return err
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&flags.name, "name", "", "what the objects are called; the name in the check file unless set")
	fs.StringVar(&flags.namespace, "namespace", "", "the namespace of the objects; none is written unless set")
	fs.StringVar(&flags.image, "image", "", "the image that has "+program)
	return cmd
}

// print gives the text for the arguments of the command.
func (m *manifest) print(args []string, s Surroundings) (string, error) {
	if err := m.judge(); err != nil {
		return "", err
	}
	if len(args) == 0 {
		args = []string{"http://localhost:8080/health"}
	}
	if strings.Contains(args[0], "://") {
		if len(args) > 1 {
			return "", fmt.Errorf("unexpected argument %q after the URL", args[1])
		}
		return m.starter(args[0])
	}
	if err := knownTarget(args[0]); err != nil {
		return "", err
	}
	var file string
	if len(args) > 1 {
		file = args[1]
	}
	if err := m.read(file, s); err != nil {
		return "", err
	}
	return m.fill(args[0])
}

func knownTarget(target string) error {
	if slices.Contains(initTargets(), target) {
		return nil
	}
	hint := nearest.Hint(target, initTargets())
	if hint == "" {
		hint = "the targets are " + strings.Join(initTargets(), ", ") + "; a URL begins with http:// or https://"
	}
	return core.WithHint(fmt.Errorf("init has no target %q", target), hint)
}

// label is what Kubernetes takes as the name of objects of all kinds (RFC 1123).
const label = `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`

func isLabel(s string) bool { return regexp.MustCompile(label).MatchString(s) }

// judge refuses flags that could not stand in a manifest.
func (m *manifest) judge() error {
	const hint = "a name has at most 63 lower case letters, digits and dashes"
	switch {
	case m.name != "" && !isLabel(m.name):
		return core.WithHint(fmt.Errorf("--name %q cannot name an object of Kubernetes", m.name), hint)
	case m.namespace != "" && !isLabel(m.namespace):
		return core.WithHint(fmt.Errorf("--namespace %q cannot name a namespace", m.namespace), hint)
	case strings.ContainsAny(m.image, " \t\r\n\"'{}"):
		return fmt.Errorf("--image %q is not the name of an image", m.image)
	}
	return nil
}

// starter is a check file to begin with, for the service at an address.
func (m *manifest) starter(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", core.WithHint(fmt.Errorf("%q is not a URL that can be checked", address), "write it as https://shop.example.com/health")
	}
	if u.User != nil {
		return "", core.WithHint(errors.New("the URL has a password, which does not belong into a file"), "see 'secrets' in docs/how-to/checks.md")
	}
	name := m.name
	if name == "" {
		name = "checks"
	}
	text := fillIn(template("checks"), map[string]string{
		"PROGRAM": m.program, "NAME": name, "URL": quoted(strings.ReplaceAll(u.String(), "$", "$$")),
	})
	if u.Scheme == "https" {
		port := u.Port()
		if port == "" {
			port = "443"
		}
		text += fillIn(template("certificate"), map[string]string{"ADDRESS": quoted(net.JoinHostPort(u.Hostname(), port))})
	}
	return text, nil
}

// read learns from a check file what its manifest must have. Without one it is a file to begin with.
func (m *manifest) read(path string, s Surroundings) error {
	m.path = path
	if path == "" {
		return m.readStarter(s)
	}
	plan, err := check.Load(path, check.Options{Types: s.Types, StartFixture: s.Start, LookupEnv: os.LookupEnv, Remote: true})
	if err != nil {
		return err
	}
	m.needs = plan.Requirements()
	if m.name == "" {
		m.name = "checks"
		if isLabel(m.needs.Name) {
			m.name = m.needs.Name
		}
	}
	folder, argument := filepath.Dir(path), "/checks/"+filepath.Base(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		folder, argument = path, "/checks"
	}
	m.argument = argument
	for _, file := range m.needs.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		m.files = append(m.files, content{file, string(text)})
	}
	m.folder = filepath.Clean(folder)
	return nil
}

func (m *manifest) readStarter(s Surroundings) error {
	text, err := m.starter("http://localhost:8080/health")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "assay-init-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "checks.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	if err := m.read(path, s); err != nil {
		return err
	}
	m.path = "checks.yaml"
	return nil
}
