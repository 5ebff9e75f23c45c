package command

import (
	"testing"

	"assay.rs/check"
)

func TestChooseShard(t *testing.T) {
	for name, c := range map[string]struct {
		flags check.ShardChoice
		env   string
		want  check.ShardChoice
		err   string
	}{
		"no shards":         {check.ShardChoice{Index: -1}, "3", check.ShardChoice{}, ""},
		"both":              {check.ShardChoice{Index: 1, Count: 4}, "3", check.ShardChoice{Index: 1, Count: 4}, ""},
		"from the Job":      {check.ShardChoice{Index: -1, Count: 4}, "3", check.ShardChoice{Index: 3, Count: 4}, ""},
		"no index":          {check.ShardChoice{Index: -1, Count: 4}, "", check.ShardChoice{}, "--shard-count needs --shard-index, or $JOB_COMPLETION_INDEX as in the pods of an Indexed Job"},
		"index alone":       {check.ShardChoice{Index: 1}, "", check.ShardChoice{}, "--shard-index needs --shard-count"},
		"past the last":     {check.ShardChoice{Index: 4, Count: 4}, "", check.ShardChoice{}, "shard 4 of 4 does not exist: the index is from 0 to 3"},
		"too many pods":     {check.ShardChoice{Index: -1, Count: 2}, "2", check.ShardChoice{}, "shard 2 of 2 does not exist: the index is from 0 to 1"},
		"index not numeric": {check.ShardChoice{Index: -1, Count: 2}, "x", check.ShardChoice{}, `$JOB_COMPLETION_INDEX is "x": must be a number`},
		"negative":          {check.ShardChoice{Index: -1, Count: -2}, "0", check.ShardChoice{}, "--shard-count -2: must be at least 1"},
	} {
		f := CheckFlags{shard: c.flags}
		err := f.chooseShard(func(string) (string, bool) { return c.env, c.env != "" })
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.err || err == nil && f.shard != c.want {
			t.Errorf("%s: %v, %q; want %v, %q", name, f.shard, got, c.want, c.err)
		}
	}
}
