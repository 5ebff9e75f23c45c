package front

import "testing"

func TestIsHost(t *testing.T) {
	for host, want := range map[string]bool{
		"example.com": true, "EXAMPLE.com:8080": true, "a_b.test": true, "localhost:": true, "10.0.0.1:80": true,
		"[::1]": true, "[::1]:8443": true, "[::ffff:10.0.0.1]:1": true, "xn--bcher-kva.example": true, "a%20b": true, "a!$&'()*+,;=~": true,
		"": false, ":80": false, "a b": false, " a": false, "a\tb": false, "user@host": false, "a/b": false, "a?b": false, "a#b": false,
		"a\\b": false, "<b>": false, "a\"b": false, "a{b}": false, "a%2": false, "a%zz": false, "a%+1": false, "hé": false, "a\x00b": false,
		"a:b": false, "a:80:80": false, "a:-1": false, "a:+1": false, "a:65536": false, "::1": false, "[::1": false, "::1]": false,
		"[]": false, "[::1]a": false, "[fe80::1%eth0]": false, "[1.2.3.4]": false, "[[::1]]": false,
	} {
		if got := IsHost(host); got != want {
			t.Errorf("IsHost(%q) = %v, want %v", host, got, want)
		}
	}
}
