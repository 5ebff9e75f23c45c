package check

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// startTLS asks for TLS in the protocol of the server, up to the point where the handshake begins. Nothing is read past
// that point: what came in clear must not count as said under TLS (CVE-2011-0411).
func startTLS(protocol string, conn net.Conn) error {
	switch protocol {
	case "smtp": // RFC 3207
		return startLines(conn, "", "220", "EHLO assay.invalid\r\n", "250", "STARTTLS\r\n", "220")
	case "imap": // RFC 2595
		return startLines(conn, "* ", "OK", "a1 STARTTLS\r\n", "a1 OK")
	case "postgres": // SSLRequest
		return startPostgres(conn)
	case "mysql": // SSLRequest of protocol 4.1
		return startMySQL(conn)
	}
	return nil
}

// startLines exchanges lines: what each answer must begin with, and what is sent then.
func startLines(conn net.Conn, greeting string, steps ...string) error {
	for i, step := range steps {
		if i%2 == 1 {
			if _, err := io.WriteString(conn, step); err != nil {
				return err
			}
			continue
		}
		want := step
		if i == 0 {
			want = greeting + step
		}
		if err := answered(conn, want); err != nil {
			return err
		}
	}
	return nil
}

const maxLines = 100

// answered reads lines up to the last of an answer: `250-` goes on, `* ` of IMAP is said beside.
func answered(conn net.Conn, want string) error {
	for range maxLines {
		line, err := readLine(conn)
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(line, want+"-"):
		case strings.HasPrefix(line, want):
			return nil
		case strings.HasPrefix(line, "* ") && strings.HasPrefix(want, "a1"):
		default:
			return fmt.Errorf("starttls: the server answered %q, not %s", clip(line), want)
		}
	}
	return errors.New("starttls: the answer of the server has no end")
}

// readLine reads byte by byte, since what follows the line is not for us to read.
func readLine(conn net.Conn) (string, error) {
	var line []byte
	b := make([]byte, 1)
	for len(line) < 2000 {
		if _, err := io.ReadFull(conn, b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
	return "", fmt.Errorf("starttls: a line of the server is too long: %q", clip(string(line)))
}

func startPostgres(conn net.Conn) error {
	const sslRequest = 80877103
	request := binary.BigEndian.AppendUint32(nil, 8)
	if _, err := conn.Write(binary.BigEndian.AppendUint32(request, sslRequest)); err != nil {
		return err
	}
	answer := make([]byte, 1)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if answer[0] != 'S' {
		return errors.New("starttls: the server does not offer TLS")
	}
	return nil
}

func startMySQL(conn net.Conn) error {
	const ssl, protocol41, secureAuth = 0x800, 0x200, 0x8000
	header := make([]byte, 4)
	if _, err := io.ReadFull(conn, header); err != nil {
		return err
	}
	greeting := make([]byte, int(header[0])|int(header[1])<<8|int(header[2])<<16)
	if _, err := io.ReadFull(conn, greeting); err != nil {
		return err
	}
	if len(greeting) == 0 || greeting[0] != 10 {
		return fmt.Errorf("starttls: the server refused the connection, or is no MySQL server: %q", clip(string(greeting)))
	}
	// Version text, thread, 8 bytes of salt, a filler, then the lower half of the capabilities.
	_, rest, found := strings.Cut(string(greeting[1:]), "\x00")
	if !found || len(rest) < 15 {
		return errors.New("starttls: the greeting of the server is cut short")
	}
	if binary.LittleEndian.Uint16([]byte(rest[13:15]))&ssl == 0 {
		return errors.New("starttls: the server does not offer TLS")
	}
	request := []byte{32, 0, 0, header[3] + 1}
	request = binary.LittleEndian.AppendUint32(request, ssl|protocol41|secureAuth)
	request = binary.LittleEndian.AppendUint32(request, 1<<24)
	request = append(request, 45) // utf8mb4
	_, err := conn.Write(append(request, make([]byte, 23)...))
	return err
}
