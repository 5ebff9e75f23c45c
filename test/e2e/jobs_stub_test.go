package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// object is what servers keep: JSON.
type object = map[string]any

// keeper is a server that keeps objects by their paths, for the jobs. What it does not know is an error of the test.
type keeper struct {
	t       *testing.T
	url     string
	mu      sync.Mutex
	objects map[string]object
	writes  int // requests that changed something
}

// keep runs a server whose answers f gives, one request at a time.
func keep(t *testing.T, f func(k *keeper, r *http.Request, body object) (status int, answer any)) *keeper {
	k := &keeper{t: t, objects: make(map[string]object)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.mu.Lock()
		defer k.mu.Unlock()
		var body object
		if r.ContentLength != 0 {
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Errorf("%s %s: body: %v", r.Method, r.URL, err)
			}
		}
		status, answer := f(k, r, body)
		if status == http.StatusTeapot {
			t.Errorf("unexpected request %s %s", r.Method, r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if answer != nil {
			_ = json.NewEncoder(w).Encode(answer) // the job may have ended
		}
	}))
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

// state is all that is kept, as text.
func (k *keeper) state() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	text, err := json.MarshalIndent(k.objects, "", " ")
	if err != nil {
		k.t.Fatal(err)
	}
	return string(text)
}

func (k *keeper) put(path string, o object) {
	k.objects[path] = o
	k.writes++
}

// set is put from outside of a request.
func (k *keeper) set(path string, o object) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.put(path, o)
}

// merge sets the fields of change in o.
func merge(o, change object) object {
	merged := maps.Clone(o)
	if merged == nil {
		merged = object{}
	}
	for name, value := range change {
		inner, ok := value.(object)
		if before, isObject := merged[name].(object); ok && isObject {
			merged[name] = merge(before, inner)
		} else {
			merged[name] = value
		}
	}
	return merged
}

// plurals are the kinds that the jobs list.
var plurals = []string{"secrets", "configmaps", "serviceaccounts", "roles", "rolebindings", "deployments", "statefulsets"}

// kubernetes is an API server that knows objects by their paths.
func kubernetes(t *testing.T) *keeper {
	return keep(t, func(k *keeper, r *http.Request, body object) (int, any) {
		path := r.URL.Path
		if r.Header.Get("Authorization") != "Bearer cluster-token" {
			return http.StatusUnauthorized, object{"message": "no"}
		}
		found, there := k.objects[path]
		switch last := path[strings.LastIndexByte(path, '/')+1:]; {
		case r.Method == http.MethodGet && slices.Contains(plurals, last):
			return http.StatusOK, object{"kind": "List", "items": k.labelled(path, r.URL.Query().Get("labelSelector"))}
		case r.Method == http.MethodPatch && r.Header.Get("Content-Type") == "application/apply-patch+yaml":
			if r.URL.Query().Get("fieldManager") == "" {
				return http.StatusBadRequest, object{"message": "no fieldManager"}
			}
			after := merge(found, encoded(body))
			if r.URL.Query().Get("dryRun") != "All" {
				k.put(path, after)
			}
			return http.StatusOK, after
		case !there:
			return http.StatusNotFound, object{"kind": "Status", "code": 404}
		case r.Method == http.MethodGet:
			return http.StatusOK, found
		case r.Method == http.MethodPatch:
			k.put(path, merge(found, body))
			return http.StatusOK, k.objects[path]
		case r.Method == http.MethodDelete:
			delete(k.objects, path)
			k.writes++
			return http.StatusOK, object{"kind": "Status"}
		}
		return http.StatusTeapot, nil
	})
}

// encoded is an object with its stringData among its data, as the API server keeps it.
func encoded(o object) object {
	texts, ok := o["stringData"].(object)
	if !ok {
		return o
	}
	data := object{}
	for name, text := range texts {
		data[name] = base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(text)))
	}
	o = maps.Clone(o)
	delete(o, "stringData")
	o["data"] = data
	return o
}

func (k *keeper) labelled(path, selector string) []object {
	name, value, _ := strings.Cut(selector, "=")
	items := []object{}
	for _, at := range slices.Sorted(maps.Keys(k.objects)) {
		if !strings.HasPrefix(at, path+"/") {
			continue
		}
		labels, _ := k.objects[at]["metadata"].(object)["labels"].(object)
		if selector == "" || labels[name] == value {
			items = append(items, k.objects[at])
		}
	}
	return items
}

// openbao is a server of secrets that is not initialized yet. Its root token is "root-token-secret".
func openbao(t *testing.T) *keeper {
	sealed, initialized := true, false
	return keep(t, func(k *keeper, r *http.Request, body object) (int, any) {
		path := strings.TrimPrefix(r.URL.Path, "/v1/")
		if r.Header.Get("X-Vault-Token") == "root-token-secret" {
			return k.bao(r.Method, path, body)
		}
		switch r.Method + " " + path {
		case "GET sys/health":
			return http.StatusOK, object{"initialized": initialized, "sealed": sealed}
		case "GET sys/seal-status":
			return http.StatusOK, object{"initialized": initialized, "sealed": sealed}
		case "PUT sys/init":
			initialized = true
			k.writes++
			return http.StatusOK, object{"keys": []string{"hex-key-secret"}, "keys_base64": []string{"unseal-key-secret"}, "root_token": "root-token-secret"}
		case "PUT sys/unseal":
			sealed = body["key"] != "unseal-key-secret"
			k.writes++
			return http.StatusOK, object{"sealed": sealed}
		}
		return http.StatusForbidden, object{"errors": []string{"permission denied"}}
	})
}

func (k *keeper) bao(method, path string, body object) (int, any) {
	found, there := k.objects[path]
	mount, key, isKV := strings.Cut(path, "/data/")
	switch {
	case method == http.MethodGet && (path == "sys/mounts" || path == "sys/auth"):
		list := object{}
		for at, o := range k.objects {
			if name, ok := strings.CutPrefix(at, path+"/"); ok {
				list[name+"/"] = o
			}
		}
		return http.StatusOK, object{"data": list}
	case method == http.MethodGet && !there:
		return http.StatusNotFound, object{"errors": []string{}}
	case method == http.MethodGet:
		return http.StatusOK, object{"data": found}
	case isKV:
		version := 0.0
		if there {
			version = found["metadata"].(object)["version"].(float64)
		}
		if options, ok := body["options"].(object); ok && options["cas"] != version {
			return http.StatusBadRequest, object{"errors": []string{fmt.Sprintf("%s/%s: check-and-set parameter did not match", mount, key)}}
		}
		k.put(path, object{"data": body["data"], "metadata": object{"version": version + 1}})
		return http.StatusOK, object{"data": object{"version": version + 1}}
	case method == http.MethodPost || method == http.MethodPut:
		if ttl, ok := body["token_ttl"]; ok && ttl == "1h" {
			body["token_ttl"] = 3600 // as it is read again
		}
		k.put(path, body)
		return http.StatusNoContent, nil
	}
	return http.StatusTeapot, nil
}

// secret writes one as a person would.
func (k *keeper) secret(path string, fields object) {
	k.set(path, object{"data": fields, "metadata": object{"version": 1.0}})
}

// zitadel is a server with the API that the jobs use, for the token "zitadel-token-secret".
func zitadel(t *testing.T) *keeper {
	policy := object{"allowUsernamePassword": true}
	var apps, projects, idps []any
	return keep(t, func(k *keeper, r *http.Request, body object) (int, any) {
		if r.URL.Path == "/debug/healthz" {
			return http.StatusOK, object{}
		}
		if r.Header.Get("Authorization") != "Bearer zitadel-token-secret" || r.Host != "auth.example.com" {
			return http.StatusUnauthorized, object{"message": "no"}
		}
		path, _ := url.PathUnescape(r.URL.Path)
		change := func(list *[]any, o object, answer object) (int, any) {
			*list = append(*list, o)
			k.put(path+"/"+fmt.Sprint(len(*list)), o)
			return http.StatusOK, answer
		}
		switch r.Method + " " + path {
		case "POST /management/v1/projects/_search":
			return http.StatusOK, object{"result": projects}
		case "POST /management/v1/projects":
			return change(&projects, object{"id": "p1", "name": body["name"]}, object{"id": "p1"})
		case "POST /management/v1/projects/p1/apps/_search":
			return http.StatusOK, object{"result": apps}
		case "POST /management/v1/projects/p1/apps/oidc":
			id := fmt.Sprintf("a%d", len(apps)+1)
			app := object{"id": id, "name": body["name"], "oidcConfig": object{
				"clientId": id + "-client", "redirectUris": body["redirectUris"], "postLogoutRedirectUris": body["postLogoutRedirectUris"],
			}}
			return change(&apps, app, object{"appId": id, "clientId": id + "-client", "clientSecret": id + "-app-secret"})
		case "POST /admin/v1/idps/templates/_search":
			return http.StatusOK, object{"result": idps}
		case "POST /admin/v1/idps/google":
			return change(&idps, object{"id": "g1", "name": body["name"], "clientId": body["clientId"]}, object{"id": "g1"})
		case "POST /admin/v1/policies/login/idps":
			policy["idps"] = []object{{"idpId": body["idpId"]}}
			k.put(path, policy)
			return http.StatusOK, object{}
		case "GET /admin/v1/policies/login":
			return http.StatusOK, object{"policy": policy}
		case "PUT /admin/v1/policies/login":
			policy = body
			k.put(path, policy)
			return http.StatusOK, object{}
		case "POST /management/v1/users/_search":
			return http.StatusOK, object{"result": []object{{"id": "270001"}}}
		}
		return http.StatusTeapot, nil
	})
}
