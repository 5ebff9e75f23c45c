package command

import (
	"testing"
	"time"
)

func TestLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{"30s": 30 * time.Second, "1m30s": 90 * time.Second, "0": 0, "0s": 0} {
		var got Limit
		if err := got.Set(text); err != nil || time.Duration(got) != want {
			t.Errorf("Set(%q) = %v, %v, want %v", text, time.Duration(got), err, want)
		}
	}
	for _, text := range []string{"-5s", "-1ns", "5", "", "soon", "9999999h"} {
		got := Limit(time.Second)
		if err := got.Set(text); err == nil || time.Duration(got) != time.Second {
			t.Errorf("Set(%q) = %v, %v, want an error", text, time.Duration(got), err)
		}
	}
}
