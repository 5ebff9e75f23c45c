package db

import (
	"reflect"
	"strings"
	"testing"

	"assay.rs/core"
)

func TestRFC3339(t *testing.T) {
	for in, want := range map[string]string{
		"2024-01-02 03:04:05":              "2024-01-02T03:04:05Z",
		"2024-01-02T03:04:05":              "2024-01-02T03:04:05Z",
		"2024-01-02 03:04:05.120000":       "2024-01-02T03:04:05.12Z",
		"2024-01-02 03:04:05.000":          "2024-01-02T03:04:05Z",
		"2024-01-02 03:04:05+00":           "2024-01-02T03:04:05Z",
		"2024-01-02 03:04:05.5+02":         "2024-01-02T03:04:05.5+02:00",
		"2024-01-02 03:04:05-03:30":        "2024-01-02T03:04:05-03:30",
		"2024-01-02 03:04:05Z":             "2024-01-02T03:04:05Z",
		"2024-01-02":                       "2024-01-02",
		"infinity":                         "infinity",
		"0044-03-15 00:00:00 BC":           "0044-03-15 00:00:00 BC",
		"12024-01-02 03:04:05":             "12024-01-02 03:04:05",
		"1883-01-01 00:00:00-04:56:02":     "1883-01-01 00:00:00-04:56:02",
		"2024-01-02 03:04:05 and so it is": "2024-01-02 03:04:05 and so it is",
		"":                                 "",
	} {
		if got := rfc3339(in); got != want {
			t.Errorf("rfc3339(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestColumnsOfTheSameName(t *testing.T) {
	for _, tt := range []struct{ in, want []string }{
		{[]string{"a", "b"}, []string{"a", "b"}},
		{[]string{"a", "a", "a"}, []string{"a", "a_2", "a_3"}},
		{[]string{"a", "a", "a_2"}, []string{"a", "a_3", "a_2"}},
		{[]string{"a_2", "a", "a"}, []string{"a_2", "a", "a_3"}},
		{nil, []string{}},
	} {
		if got := uniqueNames(tt.in); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("uniqueNames(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestURL(t *testing.T) {
	for _, tt := range []struct {
		url, user, password, target, database, shown string
	}{
		{"postgres://u:p%40%2F%23@h:1/d?sslmode=require", "u", "p@/#", "h:1", "d", "postgres://u@h:1/d?sslmode=require"},
		{"postgres://h/d", "", "", "h:5432", "d", "postgres://h/d"},
		{"postgres:///d?host=/run/pg&user=u&password=s%26x", "u", "s&x", "[/run/pg]:5432", "d", "postgres:///d?host=%2Frun%2Fpg&user=u"},
		{"postgres://u:a@b@h/d", "u", "a@b", "h:5432", "d", "postgres://u@h/d"},
		{"postgres://u:p@[::1]:7/d", "u", "p", "[::1]:7", "d", "postgres://u@[::1]:7/d"},
		{"postgres://u:p@h1:1,h2,[::2]:3/d", "u", "p", "h1:1,h2:5432,[::2]:3", "d", "postgres://u@h1:1,h2:5432,[::2]:3/d"},
		{"postgres://u:p@h1,h2/d?port=7", "u", "p", "h1:7,h2:7", "d", "postgres://u@h1:7,h2:7/d?port=7"},
		{"postgres://u:p@/d?host=h1,h2&port=1,2", "u", "p", "h1:1,h2:2", "d", "postgres://u@/d?host=h1%2Ch2&port=1%2C2"},
		{"postgres://,h2/d", "", "", "localhost:5432,h2:5432", "d", "postgres://localhost:5432,h2:5432/d"},
	} {
		a, err := parseAddress(tt.url, "5432")
		if err != nil {
			t.Errorf("parseAddress(%q): %v", tt.url, err)
			continue
		}
		target := a.listHosts()
		if a.hosts[0].isSocket() {
			target = "[" + a.hosts[0].name + "]:" + a.hosts[0].port
		}
		if a.user != tt.user || a.password != tt.password || target != tt.target || a.database != tt.database || a.shown != tt.shown {
			t.Errorf("parseAddress(%q) = %+v, want %+v", tt.url, a, tt)
		}
	}
	for _, url := range []string{
		"postgres://u:se#cret@h/d", "postgres://u:sec%ret@h/d", "postgres://u:sec ret@h/d", "postgres://u:s/ecret@h/d:x", "postgres://u:secret@h1:x,h2/d",
		"postgres://u:secret@h1,h2,h3/d?port=1,2", "postgres://h:99999999/d%zz",
	} {
		_, err := parseAddress(url, "5432")
		if err == nil {
			t.Errorf("parseAddress(%q) has no error", url)
		} else if strings.Contains(err.Error(), "cret") {
			t.Errorf("parseAddress(%q): the password is in %q", url, err)
		}
	}
}

// What is written as an array is read again as it was.
func FuzzArray(f *testing.F) {
	f.Add("a", `b"c\`, "NULL", true)
	f.Add("{}", ",", "", false)
	f.Fuzz(func(t *testing.T, a, b, c string, null bool) {
		items := []any{a, []any{b, c}, b}
		if null {
			items = append(items, nil)
		}
		text, err := appendArray(nil, items)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseArray(string(text), oidText)
		if err != nil {
			t.Fatalf("parseArray(%q): %v", text, err)
		}
		if plain := plainItems(got); !reflect.DeepEqual(plain, items) {
			t.Errorf("parseArray(%q) = %q, want %q", text, plain, items)
		}
		_, _ = parseArray(a, oidInt4) // no panic
		_, _ = bytea(b)
	})
}

func plainItems(items []any) []any {
	plain := make([]any, len(items))
	for i, item := range items {
		switch v := item.(type) {
		case core.Value:
			plain[i], _ = v.Text()
		case []any:
			plain[i] = plainItems(v)
		}
	}
	return plain
}
