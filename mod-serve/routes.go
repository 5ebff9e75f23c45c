package serve

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"assay.rs/core"
	"assay.rs/core/nearest"
	"assay.rs/core/spec"
)

// anyMethod is how a script writes a route for all methods.
const anyMethod = "*"

// routes are what a script wants served.
type routes struct {
	routes     []route
	middleware []core.Callback
	notFound   core.Callback
}

// route is a handler, or a folder, and what leads to it.
type route struct {
	method  string // or anyMethod
	pattern string
	handler core.Callback
	folder  string // of static files, instead of a handler
	mount   *mount // the folder once it is open
}

func routesType() core.Type[routes] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "table"}, func(_ core.Call, v core.Value) (routes, error) {
		var r routes
		table, ok := v.Table()
		if !ok {
			return r, fmt.Errorf("table expected, got %s", v.TypeName())
		}
		err := table.Each(func(k, v core.Value) error {
			key, ok := k.Text()
			if !ok || k.Kind() != core.KindString {
				return fmt.Errorf("a method such as GET expected as a key, got %s", k.TypeName())
			}
			return r.read(key, v)
		})
		if err == nil && len(r.routes) == 0 && r.notFound.IsZero() {
			err = errors.New("there is no route")
		}
		return r, err
	}, nil)
}

func (r *routes) read(key string, v core.Value) error {
	switch key {
	case "middleware":
		return r.readMiddleware(v)
	case "static":
		return eachPath(key, v, func(path string, v core.Value) error {
			folder, ok := v.Text()
			if !ok || folder == "" {
				return fmt.Errorf("static[%q]: a folder expected, got %s", path, v.TypeName())
			}
			r.addFolder(path, folder)
			return nil
		})
	case "not_found":
		f, ok := v.Function()
		if !ok {
			return fmt.Errorf("not_found: function expected, got %s", v.TypeName())
		}
		r.notFound = f
		return nil
	}
	if err := checkMethod(key); err != nil {
		return err
	}
	return eachPath(key, v, func(path string, v core.Value) error {
		f, ok := v.Function()
		if !ok {
			return fmt.Errorf("%s[%q]: function expected, got %s", key, path, v.TypeName())
		}
		r.routes = append(r.routes, route{method: key, pattern: path, handler: f})
		return nil
	})
}

func (r *routes) readMiddleware(v core.Value) error {
	list, ok := v.Table()
	if !ok {
		return fmt.Errorf("middleware: array of functions expected, got %s", v.TypeName())
	}
	if keys, _ := list.Keys(); len(keys) > 0 {
		return fmt.Errorf("middleware: array of functions expected, got a table with the key '%s'", keys[0])
	}
	for i := 1; i <= list.Len(); i++ {
		f, ok := list.At(i).Function()
		if !ok {
			return fmt.Errorf("middleware[%d]: function expected, got %s", i, list.At(i).TypeName())
		}
		r.middleware = append(r.middleware, f)
	}
	return nil
}

// addFolder serves what is below path from a folder.
func (r *routes) addFolder(path, folder string) {
	below := strings.TrimSuffix(strings.TrimSuffix(path, "*"), "/")
	r.routes = append(r.routes, route{method: http.MethodGet, pattern: below + "/*", folder: folder})
}

func eachPath(key string, v core.Value, f func(path string, v core.Value) error) error {
	table, ok := v.Table()
	if !ok {
		return fmt.Errorf("%s: a table of paths expected, got %s", key, v.TypeName())
	}
	return table.Each(func(k, v core.Value) error {
		path, ok := k.Text()
		if !ok || k.Kind() != core.KindString {
			return fmt.Errorf("%s: a path expected as a key, got %s", key, k.TypeName())
		}
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf("%s[%q]: a path begins with /", key, path)
		}
		return f(path, v)
	})
}

// checkMethod refuses what is not a method in upper case: most likely a mistyped key.
func checkMethod(key string) error {
	if key == anyMethod {
		return nil
	}
	for _, c := range key {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			known := []string{"middleware", "static", "not_found", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
			if name, ok := nearest.Name(key, known); ok {
				return fmt.Errorf("unknown key '%s': did you mean '%s'?", key, name)
			}
			return fmt.Errorf("unknown key '%s': use a method in upper case, middleware, static or not_found", key)
		}
	}
	if key == "" {
		return errors.New("a method must not be empty")
	}
	return nil
}
