package crypto

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// attributeName is one of the keywords of RFC 2253, section 2.3, and those that openssl knows besides. Any other attribute is
// written with its number.
func attributeName(id asn1.ObjectIdentifier) string {
	return map[string]string{
		"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
		"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.42": "GN", "2.5.4.17": "postalCode",
		"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC", "1.2.840.113549.1.9.1": "emailAddress",
	}[id.String()]
}

var errName = errors.New("it is no distinguished name")

// distinguishedName is a name in DER as RFC 2253 writes it: the last part first.
func distinguishedName(der []byte) (string, error) {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &name); err != nil || len(rest) > 0 {
		return "", errName
	}
	parts := make([]string, 0, len(name))
	for _, set := range slices.Backward(name) {
		attributes := make([]string, 0, len(set))
		for _, a := range slices.Backward(set) { // any order is right; openssl turns this one round as well
			attributes = append(attributes, attribute(a))
		}
		parts = append(parts, strings.Join(attributes, "+"))
	}
	return strings.Join(parts, ","), nil
}

func attribute(a pkix.AttributeTypeAndValue) string {
	value, isText := a.Value.(string)
	if name := attributeName(a.Type); name != "" && isText {
		return name + "=" + escapedName(value)
	}
	der, err := asn1.Marshal(a.Value)
	if err != nil {
		return a.Type.String() + "="
	}
	return a.Type.String() + "=#" + hex.EncodeToString(der)
}

// escapedName puts a backslash before what has a meaning in a name (RFC 2253, section 2.4), and writes
// control characters as their bytes.
func escapedName(value string) string {
	var b strings.Builder
	for i, r := range value {
		switch {
		case strings.ContainsRune(`,+"\<>;`, r), r == '#' && i == 0, r == ' ' && (i == 0 || i == len(value)-1):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\` + strings.ToUpper(hex.EncodeToString([]byte{byte(r)})))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
