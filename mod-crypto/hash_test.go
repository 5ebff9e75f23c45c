package crypto

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"assay.rs/core"
)

// FIPS 180-4 and FIPS 202: the examples of NIST for "abc", nothing, and 56 bytes.
func TestHashVectors(t *testing.T) {
	const long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
	for _, v := range []struct{ alg, data, want string }{
		{"sha224", "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
		{"sha224", long, "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"},
		{"sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"sha256", long, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"sha256", strings.Repeat("a", 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
		{"sha384", "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
		{"SHA512", "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
		{"sha3-224", "abc", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"},
		{"sha3-256", "abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
		{"Sha3-256", "", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"},
		{"sha3-384", "abc", "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25"},
		{"sha3-512", "abc", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"},
	} {
		if got, err := hashText(core.Call{}, v.data, v.alg); err != nil || got != v.want {
			t.Errorf("%s of %d bytes = %s, %v, want %s", v.alg, len(v.data), got, err, v.want)
		}
	}
}

// RFC 4231, section 4; of case 5 the first 128 bits.
func TestHMACVectors(t *testing.T) {
	ascending, _ := hex.DecodeString("0102030405060708090a0b0c0d0e0f10111213141516171819")
	for i, v := range []struct {
		key, data string
		want      [4]string // sha224, sha256, sha384, sha512
	}{
		{strings.Repeat("\x0b", 20), "Hi There", [4]string{
			"896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
			"afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
			"87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
		}},
		{"Jefe", "what do ya want for nothing?", [4]string{
			"a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
			"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
			"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
		}},
		{strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50), [4]string{
			"7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea",
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
			"88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
			"fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
		}},
		{string(ascending), strings.Repeat("\xcd", 50), [4]string{
			"6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a",
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
			"3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
			"b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
		}},
		{strings.Repeat("\x0c", 20), "Test With Truncation", [4]string{
			"0e2aea68a90c8d37c988bcdb9fca6fa8", "a3b6167473100ee06e0c796c2955552b", "3abf34c3503b2a23a46efc619baef897", "415fad6271580a531d4179bc891d87a6",
		}},
		{strings.Repeat("\xaa", 131), "Test Using Larger Than Block-Size Key - Hash Key First", [4]string{
			"95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e",
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
			"4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
			"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
		}},
		{
			strings.Repeat("\xaa", 131),
			"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
			[4]string{
				"3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1",
				"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
				"6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
				"e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
			},
		},
	} {
		for j, alg := range []string{"sha224", "sha256", "sha384", "sha512"} {
			got, err := hmacText(core.Call{}, v.key, v.data, alg, false)
			if err != nil || !strings.HasPrefix(got, v.want[j]) || i != 4 && got != v.want[j] {
				t.Errorf("case %d, %s = %s, %v, want %s", i+1, alg, got, err, v.want[j])
			}
			raw, err := hmacText(core.Call{}, v.key, v.data, alg, true)
			if err != nil || hex.EncodeToString([]byte(raw)) != got {
				t.Errorf("case %d, %s raw = %x, %v, want %s", i+1, alg, raw, err, got)
			}
		}
	}
}

// Of 620,000 characters each of the 62 comes 10,000 times, give or take 5 standard deviations.
func TestRandomIsUnbiased(t *testing.T) {
	text := randomText(620_000)
	if len(text) != 620_000 {
		t.Fatalf("%d characters, want 620000", len(text))
	}
	for _, c := range alphabet {
		if n := strings.Count(text, string(c)); n < 9_500 || n > 10_500 {
			t.Errorf("%c comes %d times, want about 10000", c, n)
		}
	}
}

func TestUUIDsByTimeAreSorted(t *testing.T) {
	ids := make([]string, 1000)
	for i := range ids {
		var err error
		if ids[i], err = uuidByTime(core.Call{}); err != nil {
			t.Fatal(err)
		}
		if i > 0 && ids[i][:18] < ids[i-1][:18] {
			t.Fatalf("%s comes after %s", ids[i], ids[i-1])
		}
	}
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != 1000 {
		t.Errorf("%d different UUIDs of 1000", n)
	}
}
