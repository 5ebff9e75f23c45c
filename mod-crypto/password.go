package crypto

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"assay.rs/core"
)

// cost is what a hash of a password takes to compute.
type cost struct {
	memory      int // in KiB
	iterations  int
	parallelism int
}

// The bounds of what is computed.
const (
	maxMemory  = 2 << 20 // KiB
	maxThreads = 16
	saltSize   = 16
	keySize    = 32
)

// ceiling bounds the time of a hash, which nothing can cut short.
type ceiling struct {
	passes int // KiB times iterations
	rounds int // of bcrypt: 2 to the power of
}

// ceilingOf is some seconds for a script, and some tenths of a second for one that nobody trusts.
func ceilingOf(level core.Level) ceiling {
	if level == core.Check {
		return ceiling{passes: 256 << 10, rounds: 12}
	}
	return ceiling{passes: 4 << 20, rounds: 15}
}

// About what hashing takes on a machine of today.
const (
	perPass  = 500 * time.Nanosecond // a KiB, once
	perRound = 45 * time.Microsecond
)

func passwordFuncs() []core.Func {
	options := core.Record("crypto.PasswordOptions", "What a hash costs, to us and to who guesses.",
		core.NewKey("memory", core.Int(), func(c *cost) *int { return &c.memory }, "Memory in KiB.").Default("19456"),
		core.NewKey("iterations", core.Int(), func(c *cost) *int { return &c.iterations }, "Passes over the memory.").Default("2"),
		core.NewKey("parallelism", core.Int(), func(c *cost) *int { return &c.parallelism }, "Threads.").Default("1"))
	// Without the baton: others run meanwhile.
	hash := raising(doc("password_hash", "Makes a hash of a password to keep in its place: argon2id (RFC 9106) with a random salt, in the usual text form. "+
		"Its memory counts against the script's limit, and one that would take longer than the script has left is refused. In checks and sandboxes `memory` times `iterations` is at most 262144.",
		`local h = crypto.password_hash("open sesame")  assert.is_true(crypto.password_verify("open sesame", h))`), errKey)
	verify := raising(doc("password_verify", "Tells whether a password is the one that a hash was made of: argon2id, argon2i, or bcrypt. "+
		"What the hash costs is bounded as in `crypto.password_hash`; in checks and sandboxes the cost of bcrypt is at most 12, else 15.",
		`assert.is_true(crypto.password_verify("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))
assert.is_false(crypto.password_verify("other", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))`), errKey)
	hash.Needs, verify.Needs = core.Wait, core.Wait
	p := &passwords{turn: make(chan struct{}, 1)}
	password := core.Arg("password", core.Bytes(), "The password.")
	return []core.Func{
		core.Fn2(hash, password, core.Opt("options", options, cost{19456, 2, 1}, "What it costs; the defaults are OWASP's."),
			core.Returns(core.String(), "The hash: $argon2id$v=19$m=19456,t=2,p=1$salt$key."), p.hash),
		core.Fn2(verify, password, core.Arg("hash", core.String(), "The hash."), core.Returns(core.Bool(), "Whether it is."), p.verify),
	}
}

// passwords is what the builtins share.
type passwords struct {
	turn chan struct{} // holds one while a check or a sandbox hashes: all of them together must not take the process's memory
}

// turns lets the tasks of a VM hash one password after the other: each takes a good part of its memory.
type turns struct {
	once sync.Once
	busy chan struct{} // holds one that has its turn
}

func (t *turns) channel() chan struct{} {
	t.once.Do(func() { t.busy = make(chan struct{}, 1) })
	return t.busy
}

// alone runs compute when no other task of the VM does such, with memory and time for it.
func (p *passwords) alone(c core.Call, kib int, takes time.Duration, compute func()) error {
	turn := p.turn
	if c.Level() != core.Check {
		turn = core.Local[turns](c).channel()
	}
	ctx := c.Context()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-turn }()
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < takes {
		return core.WithHint(fmt.Errorf("takes about %v, and the script has %v left", takes.Round(time.Millisecond), max(0, time.Until(deadline)).Round(time.Millisecond)),
			"nothing can cut it short: give the script more time, or the hash a lower cost")
	}
	if err := c.Charge(kib << 10); err != nil {
		return err
	}
	compute()
	return nil
}

func (c cost) check(most ceiling) error {
	switch {
	case c.parallelism < 1 || c.parallelism > maxThreads:
		return fmt.Errorf("parallelism must be from 1 to %d, got %d", maxThreads, c.parallelism)
	case c.memory < 8*c.parallelism || c.memory > maxMemory:
		return fmt.Errorf("memory must be from %d to %d KiB, got %d", 8*c.parallelism, maxMemory, c.memory)
	case c.memory > most.passes:
		return fmt.Errorf("memory must be at most %d KiB in a check or a sandbox, got %d", most.passes, c.memory)
	case c.iterations < 1 || c.iterations > most.passes/c.memory:
		return fmt.Errorf("iterations must be from 1 to %d with this memory, got %d", most.passes/c.memory, c.iterations)
	}
	return nil
}

func (c cost) takes() time.Duration { return time.Duration(c.memory*c.iterations) * perPass }

func (p *passwords) hash(c core.Call, password []byte, with cost) (string, error) {
	if err := with.check(ceilingOf(c.Level())); err != nil {
		return "", err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // it never fails
	var key []byte
	err := p.alone(c, with.memory, with.takes(), func() {
		key = argon2.IDKey(password, salt, uint32(with.iterations), uint32(with.memory), uint8(with.parallelism), keySize)
	})
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, with.memory, with.iterations, with.parallelism, encode(salt), encode(key)), err
}

func (p *passwords) verify(c core.Call, password []byte, hash string) (bool, error) {
	if strings.HasPrefix(hash, "$2") {
		return p.verifyBcrypt(c, password, hash)
	}
	h, err := parseArgon(hash, ceilingOf(c.Level()))
	if err != nil {
		return false, badHash(err)
	}
	derive := argon2.IDKey
	if h.kind == "argon2i" {
		derive = argon2.Key
	}
	var key []byte
	err = p.alone(c, h.memory, h.takes(), func() {
		key = derive(password, h.salt, uint32(h.iterations), uint32(h.memory), uint8(h.parallelism), uint32(len(h.key)))
	})
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1, err
}

func (p *passwords) verifyBcrypt(c core.Call, password []byte, hash string) (bool, error) {
	rounds, err := bcrypt.Cost([]byte(hash))
	if err != nil {
		return false, badHash(errNoHash)
	}
	if most := ceilingOf(c.Level()).rounds; rounds > most {
		return false, badHash(fmt.Errorf("a bcrypt cost of %d takes too long: at most %d is verified", rounds, most))
	}
	var verdict error
	if err := p.alone(c, 0, perRound<<rounds, func() { verdict = bcrypt.CompareHashAndPassword([]byte(hash), password) }); err != nil {
		return false, err
	}
	if verdict != nil && !errors.Is(verdict, bcrypt.ErrMismatchedHashAndPassword) {
		return false, badHash(errNoHash)
	}
	return verdict == nil, nil
}

func badHash(err error) error { return errKey.With(fmt.Errorf("argument 2 'hash': %w", err), "") }

// argonHash is a hash as it is kept.
type argonHash struct {
	cost
	kind      string
	salt, key []byte
}

var errNoHash = errors.New("not a hash of argon2id, argon2i or bcrypt")

// parseArgon reads the text form of the reference implementation of argon2.
func parseArgon(text string, most ceiling) (argonHash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" && parts[1] != "argon2i" {
		return argonHash{}, errNoHash
	}
	if parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return argonHash{}, errors.New("of another version of argon2 than 19")
	}
	h := argonHash{kind: parts[1]}
	for i, field := range strings.Split(parts[3], ",") {
		name, value, _ := strings.Cut(field, "=")
		n, err := strconv.ParseUint(value, 10, 31)
		at, ok := map[string]*int{"m": &h.memory, "t": &h.iterations, "p": &h.parallelism}[name]
		if err != nil || !ok || i > 2 {
			return argonHash{}, errNoHash
		}
		*at = int(n)
	}
	var err, keyErr error
	h.salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || keyErr != nil || len(h.salt) < 8 || len(h.key) < 12 || len(h.key) > 1024 {
		return argonHash{}, errNoHash
	}
	return h, h.check(most)
}
