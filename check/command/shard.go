package command

import (
	"errors"
	"fmt"
	"strconv"

	"assay.rs/check"
)

// completionIndex is the variable by which Kubernetes tells the pods of an Indexed Job apart.
const completionIndex = "JOB_COMPLETION_INDEX"

// chooseShard fills in the index that the flags leave to the environment.
func (f *CheckFlags) chooseShard(lookup func(string) (string, bool)) error {
	s := &f.shard
	switch {
	case s.Count == 0 && s.Index == -1:
		*s = check.ShardChoice{}
		return nil
	case s.Count == 0:
		return errors.New("--shard-index needs --shard-count")
	case s.Count < 0:
		return fmt.Errorf("--shard-count %d: must be at least 1", s.Count)
	case s.Index == -1:
		text, ok := lookup(completionIndex)
		if !ok {
			return fmt.Errorf("--shard-count needs --shard-index, or $%s as in the pods of an Indexed Job", completionIndex)
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("$%s is %q: must be a number", completionIndex, text)
		}
		s.Index = n
	}
	if s.Index < 0 || s.Index >= s.Count {
		return fmt.Errorf("shard %d of %d does not exist: the index is from 0 to %d", s.Index, s.Count, s.Count-1)
	}
	return nil
}
