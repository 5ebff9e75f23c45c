package db

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assay.rs/core"
)

// options takes the connection options of libpq out of the URL, https://www.postgresql.org/docs/current/libpq-connect.html.
// Those that we do not have are refused by their name: what is left goes to the server, which would not know them either.
func (e *postgresEngine) options(a *address) error {
	var err error
	choose := func(name string, values ...string) string {
		value, given := a.options[name]
		delete(a.options, name)
		if given && !slices.Contains(values, value) && err == nil {
			err = core.WithHint(fmt.Errorf("option %s of the URL: %q is not supported", name, value),
				"it is one of: "+strings.Join(values, ", "))
		}
		return value
	}
	e.config.ChannelBinding = choose("channel_binding", "prefer", "disable", "require")
	e.config.SSLNegotiation = choose("sslnegotiation", "postgres", "direct")
	e.config.SSLCertMode = choose("sslcertmode", "allow", "disable", "require")
	e.config.MinProtocolVersion = choose("min_protocol_version", "3.0", "3.2", "latest")
	e.config.MaxProtocolVersion = choose("max_protocol_version", "3.0", "3.2", "latest")
	e.config.ValidateConnect = validation(choose("target_session_attrs", "any", "read-write", "read-only", "primary", "standby", "prefer-standby"))
	e.shuffle = choose("load_balance_hosts", "disable", "random") == "random"
	// These say what is so anyway.
	choose("gssencmode", "disable", "prefer")
	choose("keepalives", "1")
	choose("sslcompression", "0")
	choose("sslsni", "1")
	choose("client_encoding", "UTF8", "utf8", "UTF-8", "utf-8", "auto")
	if err != nil {
		return err
	}
	e.config.RequireAuth = a.take("require_auth")
	if name := a.take("fallback_application_name"); name != "" && a.options["application_name"] == "" {
		a.options["application_name"] = name
	}
	if e.limit, err = connectLimit(a.take("connect_timeout")); err != nil {
		return err
	}
	for name, instead := range refusedOptions() {
		if _, given := a.options[name]; given {
			return core.WithHint(fmt.Errorf("option %s of the URL is not supported", name), instead)
		}
	}
	return nil
}

// refusedOptions are options of libpq that would mean something else here, or nothing, each with what to do instead.
func refusedOptions() map[string]string {
	const (
		keep  = "the system keeps connections alive: leave it out"
		files = "write user and password into the URL"
		none  = "leave it out"
	)
	return map[string]string{ //nolint:gosec // names of options, no passwords
		"hostaddr": "write the address as host", "passfile": files, "service": files, "servicefile": files,
		"sslpassword": "decrypt the key of sslkey", "sslcrl": none, "sslcrldir": none, "sslkeylogfile": none, "requirepeer": none,
		"requiressl": "use sslmode=require", "ssl_min_protocol_version": "it is TLS 1.2", "ssl_max_protocol_version": none,
		"keepalives_idle": keep, "keepalives_interval": keep, "keepalives_count": keep, "tcp_user_timeout": keep,
		"krbsrvname": none, "gsslib": none, "gssdelegation": none, "replication": none,
		"scram_client_key": none, "scram_server_key": none,
		"oauth_issuer": none, "oauth_client_id": none, "oauth_client_secret": none, "oauth_scope": none,
	}
}

var errConnectTimeout = core.WithHint(errors.New("option connect_timeout of the URL: whole seconds expected"),
	"options.connect_timeout of db.connect takes fractions")

// connectLimit reads connect_timeout: seconds, where 0 and less mean no limit, as libpq has it.
func connectLimit(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 31)
	if err != nil {
		return 0, errConnectTimeout
	}
	if n <= 0 {
		return noLimit, nil
	}
	return time.Duration(n) * time.Second, nil
}

// noLimit is as good as none.
const noLimit = 24 * time.Hour

func validation(attributes string) pgconn.ValidateConnectFunc {
	switch attributes {
	case "read-write":
		return pgconn.ValidateConnectTargetSessionAttrsReadWrite
	case "read-only":
		return pgconn.ValidateConnectTargetSessionAttrsReadOnly
	case "primary":
		return pgconn.ValidateConnectTargetSessionAttrsPrimary
	case "standby":
		return pgconn.ValidateConnectTargetSessionAttrsStandby
	case "prefer-standby":
		return pgconn.ValidateConnectTargetSessionAttrsPreferStandby
	}
	return nil
}

// shuffleHosts tries the hosts in any order. An attempt without encryption stays behind the one with it.
func shuffleHosts(config *pgconn.Config) {
	type host struct {
		name string
		port uint16
	}
	all := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	order := make(map[host]int)
	for _, h := range all {
		if at := (host{h.Host, h.Port}); order[at] == 0 {
			order[at] = 1 + rand.IntN(1<<30) //nolint:gosec // it balances load
		}
	}
	slices.SortStableFunc(all, func(x, y *pgconn.FallbackConfig) int {
		return order[host{x.Host, x.Port}] - order[host{y.Host, y.Port}]
	})
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = all[0].Host, all[0].Port, all[0].TLSConfig, all[1:]
}
