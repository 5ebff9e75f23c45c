package serve

import (
	"fmt"
	"net/http"
	"time"

	"assay.rs/core"
)

// cookie is one that an answer sets.
type cookie struct {
	value, path, domain, sameSite string
	maxAge                        *time.Duration
	secure, httpOnly              bool
}

func cookieType() core.Type[cookie] {
	return core.Record("http.Cookie", "A cookie that an answer sets.",
		core.NewKey("value", core.String(), func(c *cookie) *string { return &c.value }, "The value. Required."),
		core.NewKey("path", core.String(), func(c *cookie) *string { return &c.path }, "Below which path it is sent back.").Default(`"/"`),
		core.NewKey("domain", core.String(), func(c *cookie) *string { return &c.domain }, "To which domain; empty is this host alone."),
		core.NewKey("max_age", core.Nullable(core.Duration()), func(c *cookie) **time.Duration { return &c.maxAge }, "How long it is kept; without it, until the browser is closed."),
		core.NewKey("secure", core.Bool(), func(c *cookie) *bool { return &c.secure }, "Send it back over HTTPS alone.").Default("false"),
		core.NewKey("http_only", core.Bool(), func(c *cookie) *bool { return &c.httpOnly }, "Keep it from the scripts of the page.").Default("true"),
		core.NewKey("same_site", core.Enum("lax", "strict", "none"), func(c *cookie) *string { return &c.sameSite }, "Whether other sites' links send it.").Default(`"lax"`))
}

// readCookies takes a table of names and values: a string, a table, or false to remove the cookie.
func (a *answer) readCookies(c core.Call, v core.Value) error {
	table, ok := v.Table()
	if !ok {
		return fmt.Errorf("cookies: table expected, got %s", v.TypeName())
	}
	return table.Each(func(k, v core.Value) error {
		name, _ := k.Text()
		set, err := readCookie(c, name, v)
		if err != nil {
			return fmt.Errorf("cookies: %s: %w", name, err)
		}
		if a.header == nil {
			a.header = make(http.Header)
		}
		a.header.Add("Set-Cookie", set.String())
		return nil
	})
}

func readCookie(c core.Call, name string, v core.Value) (*http.Cookie, error) {
	given := cookie{path: "/", httpOnly: true, sameSite: "lax"}
	remove := v.Kind() == core.KindBool && !v.Bool()
	switch text, ok := v.Text(); {
	case remove:
	case ok:
		given.value = text
	default:
		var err error
		if given, err = core.ReadAs(c, cookieType(), v, given); err != nil {
			return nil, err
		}
	}
	set := &http.Cookie{ //nolint:gosec // as the script says; the defaults are strict
		Name: name, Value: given.value, Path: given.path, Domain: given.domain,
		Secure: given.secure, HttpOnly: given.httpOnly, SameSite: http.SameSiteLaxMode,
	}
	switch {
	case remove || given.maxAge != nil && *given.maxAge < time.Second:
		set.MaxAge = -1
	case given.maxAge != nil:
		set.MaxAge = int(*given.maxAge / time.Second)
	}
	switch given.sameSite {
	case "strict":
		set.SameSite = http.SameSiteStrictMode
	case "none":
		set.SameSite = http.SameSiteNoneMode
	}
	return set, set.Valid()
}
