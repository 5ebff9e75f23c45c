package http

// OptionText is the sentence that documents an option of requests. Checks offer many of them under the same names, with
// values as YAML writes them.
func OptionText(option string) string {
	switch option {
	case "query":
		return "Parameters, encoded and added to the query of the URL; an array adds one several times."
	case "connect_timeout":
		return "For making a connection, and again for its TLS handshake. Without it the limit of the whole request counts."
	case "max_redirects":
		return "How many redirects to follow before it is an error."
	case "auth":
		return "Who the request comes from. A header `Authorization` counts more."
	case "max_body":
		return "How large a body may be, in bytes after decompression."
	case "form":
		return "Fields to send as `application/x-www-form-urlencoded`; an array sends a field several times."
	case "proxy":
		return "The URL of a proxy (http, https or socks5), or false for none. Without it HTTP_PROXY, HTTPS_PROXY and NO_PROXY count. Refused where the policy limits addresses."
	case "unix_socket":
		return "Connect to this socket instead of the URL's host. Refused where the policy limits addresses."
	case "resolve":
		return "Where to connect instead of looking a name up: from `host:port` to `ip:port`."
	case "ca_cert":
		return "The authorities to trust instead of the system's, as PEM text."
	case "client_cert":
		return "The certificate to show to the server, as PEM text. The key may be in it, too."
	case "client_key":
		return "The key of the certificate, as PEM text."
	case "insecure":
		return "Accept any certificate. The connection is then no secret."
	case "server_name":
		return "The name that the certificate must be for, instead of the URL's host."
	case "ca_cert_file", "client_cert_file", "client_key_file":
		return "The same, in a file."
	}
	return ""
}
