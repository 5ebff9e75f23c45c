package main

import (
	"bytes"
	"os"
	"testing"
)

func TestInitFlaggerHasTheServiceOfTheExample(t *testing.T) {
	example, err := os.ReadFile("../../examples/flagger/service.lua")
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := os.ReadFile("../../check/command/init/flagger.lua")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(example, embedded) {
		t.Error("examples/flagger/service.lua and check/command/init/flagger.lua differ")
	}
}
