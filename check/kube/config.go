package kube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"assay.rs/core/nearest"
	"assay.rs/mod-data/yaml"
	assayhttp "assay.rs/mod-http"
)

// entry is a cluster, a user or a context of a kubeconfig, and the folder that paths in it are relative to.
type entry struct {
	name   string
	values *yaml.Node
	folder string
}

// text is a value of the entry, empty when it has none.
func (e entry) text(key string) string {
	s, _ := textOf(e.values.Get(key))
	return s
}

// textOf is a scalar as it is written: a token or a name of digits alone is a text as well.
func textOf(n *yaml.Node) (string, bool) {
	if n == nil || n.Kind == yaml.Null || n.Kind == yaml.List || n.Kind == yaml.Map {
		return "", false
	}
	if s, ok := n.Value.(string); ok {
		return s, true
	}
	return n.Text, true
}

func isTrue(n *yaml.Node) bool { return n != nil && n.Value == true }

// kubeconfig is what several files say together: of two entries of a name the first counts.
type kubeconfig struct {
	files                     []string
	current                   string
	clusters, users, contexts []entry
}

// fromFiles reads the kubeconfig and the identity that its context names.
func (c *Cluster) fromFiles(s Source, files []string) (*Cluster, error) {
	config, err := readConfig(s, files)
	if err != nil {
		return nil, err
	}
	name := s.Context
	if name == "" {
		name = config.current
	}
	if name == "" {
		return nil, permanent("kubeconfig %s: there is no current-context; give 'context': known are %s", config, strings.Join(names(config.contexts), ", "))
	}
	context, err := config.find("context", name, config.contexts)
	if err != nil {
		return nil, err
	}
	cluster, err := config.find("cluster", context.text("cluster"), config.clusters)
	if err != nil {
		return nil, err
	}
	c.Context, c.Namespace = name, context.text("namespace")
	if c.Namespace == "" {
		c.Namespace = "default"
	}
	if err := c.reach(s, cluster); err != nil {
		return nil, fmt.Errorf("kubeconfig %s: cluster %q: %w", config, cluster.name, err)
	}
	if context.text("user") == "" {
		c.who = "nobody (the context has no user)"
		return c, nil
	}
	user, err := config.find("user", context.text("user"), config.users)
	if err != nil {
		return nil, err
	}
	c.who = fmt.Sprintf("user %q of the kubeconfig", user.name)
	if err := c.identify(s, user); err != nil {
		return nil, fmt.Errorf("kubeconfig %s: user %q: %w", config, user.name, err)
	}
	return c, nil
}

// readConfig merges files. One that does not exist is passed over, as long as there is another.
func readConfig(s Source, files []string) (*kubeconfig, error) {
	config := &kubeconfig{}
	var missing error
	for _, file := range files {
		data, err := s.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			missing = fmt.Errorf("kubeconfig %s: %w", file, err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("kubeconfig %s: %w", file, err)
		}
		root, err := yaml.Parse(data)
		if err != nil {
			return nil, permanent("kubeconfig %s:%s", file, err)
		}
		if root.Kind != yaml.Map {
			return nil, permanent("kubeconfig %s: it is no map", file)
		}
		config.files = append(config.files, file)
		if config.current == "" {
			config.current, _ = textOf(root.Get("current-context"))
		}
		folder := filepath.Dir(file)
		config.clusters = merge(config.clusters, root, "clusters", "cluster", folder)
		config.users = merge(config.users, root, "users", "user", folder)
		config.contexts = merge(config.contexts, root, "contexts", "context", folder)
	}
	if len(config.files) == 0 {
		return nil, missing
	}
	return config, nil
}

func merge(have []entry, root *yaml.Node, list, key, folder string) []entry {
	node := root.Get(list)
	if node == nil {
		return have
	}
	for _, item := range node.Items {
		name, ok := textOf(item.Get("name"))
		if !ok || find(have, name) != nil {
			continue
		}
		have = append(have, entry{name, item.Get(key), folder})
	}
	return have
}

func (k *kubeconfig) String() string { return strings.Join(k.files, string(filepath.ListSeparator)) }

func find(list []entry, name string) *entry {
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	return nil
}

func names(list []entry) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.name
	}
	return out
}

func (k *kubeconfig) find(what, name string, list []entry) (entry, error) {
	if e := find(list, name); e != nil {
		return *e, nil
	}
	if hint := nearest.Hint(name, names(list)); hint != "" {
		return entry{}, permanent("kubeconfig %s: there is no %s %q: %s", k, what, name, hint)
	}
	return entry{}, permanent("kubeconfig %s: there is no %s %q: known are %s", k, what, name, strings.Join(names(list), ", "))
}

// reach takes over where the API server is and whom to trust.
func (c *Cluster) reach(s Source, cluster entry) error {
	server := strings.TrimRight(cluster.text("server"), "/")
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return permanent("server: %q is no http or https URL", server)
	}
	c.Server = server
	if isTrue(cluster.values.Get("insecure-skip-tls-verify")) {
		yes := true
		c.options.TLS.Insecure = &yes
	} else if c.options.TLS.CA, err = cluster.inline(s, "certificate-authority"); err != nil {
		return err
	}
	c.options.TLS.ServerName = cluster.text("tls-server-name")
	if proxy := cluster.text("proxy-url"); proxy != "" {
		c.options.Proxy = &proxy
	}
	return nil
}

// inline is a value that stands in the kubeconfig as base64 (key-data), or in a file (key).
func (e entry) inline(s Source, key string) (string, error) {
	if data := e.text(key + "-data"); data != "" {
		raw, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return "", permanent("%s-data is no base64", key)
		}
		return string(raw), nil
	}
	file := e.text(key)
	if file == "" {
		return "", nil
	}
	raw, err := s.ReadFile(e.path(file))
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", key, e.path(file), err)
	}
	return string(raw), nil
}

func (e entry) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(e.folder, file)
}

// identify takes over who asks.
func (c *Cluster) identify(s Source, user entry) error {
	for _, how := range []string{"exec", "auth-provider"} {
		if plugin := user.values.Get(how); plugin != nil {
			command, _ := textOf(plugin.Get("command"))
			if command == "" {
				command, _ = textOf(plugin.Get("name"))
			}
			return permanent("its credentials come from a program (%s: %s), and checks run no programs: use a service account, "+
				"or a kubeconfig with a token (kubectl create token) or a client certificate", how, command)
		}
	}
	var err error
	if c.options.TLS.Cert, err = user.inline(s, "client-certificate"); err != nil {
		return err
	}
	if c.options.TLS.Key, err = user.inline(s, "client-key"); err != nil {
		return err
	}
	if c.options.TLS.Key != "" {
		s.Hide(c.options.TLS.Key)
	}
	switch token, file := user.text("token"), user.text("tokenFile"); {
	case file != "":
		c.token = func() (string, error) { return readToken(s, user.path(file)) }
	case token != "":
		s.Hide(token)
		c.token = func() (string, error) { return token, nil }
	case user.text("username") != "":
		password := user.text("password")
		s.Hide(password)
		c.options.Auth = &assayhttp.Auth{Username: user.text("username"), Password: password}
	}
	return c.impersonate(user)
}

// impersonate asks as somebody else, where the kubeconfig says so: with its own rights the user would see more, or less.
func (c *Cluster) impersonate(user entry) error {
	if user.values.Get("as-user-extra") != nil {
		return permanent("as-user-extra is not supported")
	}
	if as := user.text("as"); as != "" {
		c.options.Headers.Set("Impersonate-User", as)
		c.who = as
	}
	if uid := user.text("as-uid"); uid != "" {
		c.options.Headers.Set("Impersonate-Uid", uid)
	}
	if groups := user.values.Get("as-groups"); groups != nil {
		for _, g := range groups.Items {
			if group, ok := textOf(g); ok {
				c.options.Headers.Add("Impersonate-Group", group)
			}
		}
	}
	return nil
}
