package crypto

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"assay.rs/core"
)

// alphabet is that of crypto.random.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// maxRandom is how many characters or bytes are made at once.
const maxRandom = 16 << 20

func randomFuncs() []core.Func {
	uuid7 := doc("uuid7", "Gives a new UUID of version 7 (RFC 9562), which begins with the time: later ones sort behind earlier ones.",
		`assert.matches(crypto.uuid7(), "^%x+%-%x+%-7%x+%-[89ab]%x+%-%x+$")`)
	uuid7.Needs = core.Clock
	return []core.Func{
		core.Fn1(doc("random", "Gives random letters and digits, for passwords and tokens. Each of the 62 is as likely as the others; 32 are 190 bits.",
			`assert.matches(crypto.random(20), "^%w+$")  assert.len(crypto.random(), 32)`),
			core.Opt("n", core.Int(), 32, "How many.").Default("32"), core.Returns(core.String(), "The characters."), random),
		core.Fn1(doc("random_bytes", "Gives random bytes, for keys.", `assert.len(crypto.random_bytes(16), 16)`),
			core.Arg("n", core.Int(), "How many."), core.Returns(core.String(), "The bytes."), randomBytes),
		core.Fn0(doc("uuid", "Gives a new random UUID, of version 4 (RFC 9562).",
			`assert.matches(crypto.uuid(), "^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$")`),
			core.Returns(core.String(), "The UUID in lower case."), uuid),
		core.Fn0(uuid7, core.Returns(core.String(), "The UUID in lower case."), uuidByTime),
	}
}

func checkCount(c core.Call, n int) error {
	if n < 0 || n > maxRandom {
		return fmt.Errorf("argument 1 'n': must be from 0 to %d, got %d", maxRandom, n)
	}
	return c.Charge(2 * n)
}

func random(c core.Call, n int) (string, error) {
	if err := checkCount(c, n); err != nil {
		return "", err
	}
	return randomText(n), nil
}

func randomText(n int) string {
	// Bytes from here on would make the first characters likelier than the others.
	const fair = 256 / len(alphabet) * len(alphabet)
	text, piece := make([]byte, 0, n), make([]byte, min(n+n/16+16, pieceSize))
	for len(text) < n {
		_, _ = rand.Read(piece) // it never fails
		for _, b := range piece {
			if int(b) < fair && len(text) < n {
				text = append(text, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(text)
}

func randomBytes(c core.Call, n int) (string, error) {
	if err := checkCount(c, n); err != nil {
		return "", err
	}
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return string(b), nil
}

func uuid(core.Call) (string, error) {
	var u [16]byte
	_, _ = rand.Read(u[:]) // it never fails
	return uuidText(u, 4), nil
}

func uuidByTime(core.Call) (string, error) {
	var u [16]byte
	_, _ = rand.Read(u[8:]) // it never fails
	now := time.Now()
	// The time in milliseconds takes 48 bits. The 12 after the version hold the part of a millisecond,
	// method 3 of RFC 9562, section 6.2.
	binary.BigEndian.PutUint64(u[:], uint64(now.UnixMilli())<<16|uint64(now.Nanosecond()%1e6)<<12/1e6)
	return uuidText(u, 7), nil
}

// uuidText sets the version and the variant, and writes it.
func uuidText(u [16]byte, version byte) string {
	u[6] = u[6]&0x0f | version<<4
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
