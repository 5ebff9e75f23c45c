package luarc

import "testing"

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"none", "", "{\n  \"workspace.library\": [\n    \".assay/types\"\n  ],\n  \"workspace.checkThirdParty\": false,\n  \"runtime.version\": \"Lua 5.1\"\n}\n"},
		{
			"what others wrote stays, in its order", `{"z": 1, "workspace.library": ["mine"], "a": {"y": 2, "b": [1.50]}, "runtime.version": "LuaJIT", "workspace.checkThirdParty": true}`,
			"{\n  \"z\": 1,\n  \"workspace.library\": [\n    \"mine\",\n    \".assay/types\"\n  ],\n  \"a\": {\n    \"y\": 2,\n    \"b\": [\n      1.50\n    ]\n  },\n  \"runtime.version\": \"LuaJIT\",\n  \"workspace.checkThirdParty\": true\n}\n",
		},
		{
			"nested", `{"runtime": {"version": "Lua 5.4"}, "workspace": {"library": ["mine"]}}`,
			"{\n  \"runtime\": {\n    \"version\": \"Lua 5.4\"\n  },\n  \"workspace\": {\n    \"library\": [\n      \"mine\",\n      \".assay/types\"\n    ],\n    \"checkThirdParty\": false\n  }\n}\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Merge([]byte(tt.text), ".assay/types")
			if err != nil || string(got) != tt.want {
				t.Fatalf("Merge = %s, %v, want %s", got, err, tt.want)
			}
			if again, err := Merge(got, ".assay/types"); err != nil || string(again) != tt.want {
				t.Errorf("a second Merge = %s, %v, want no change", again, err)
			}
		})
	}
}

func TestMergeLeavesWhatItCannotRead(t *testing.T) {
	for _, text := range []string{"[]", "{ // a comment\n}", `{"a": }`, `{"workspace.library": 1}`, `{"workspace": []}`, `{"a": 1`} {
		if got, err := Merge([]byte(text), "x"); err == nil {
			t.Errorf("Merge(%q) = %s, want an error", text, got)
		}
	}
}
