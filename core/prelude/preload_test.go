package prelude_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

func TestPreload(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	vm, err := core.Preload(L, core.FullPolicy(), core.Host{}, prelude.Modules()...)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	err = L.DoString(`
		assert.eq(retry(function() return 5 end), 5)
		assert.raises(function() sleep(-1) end, "negative")
		assert(time() > 1)
		assert.eq(("a,b"):split(",")[2], "b")
		assert.not_nil(os.execute)  -- what the state had stays
		assert.type(os.arch(), "string")
		assert.raises(async.spawn(function() end).await, "no tasks")`)
	if err != nil {
		t.Fatal(err)
	}
	if got := prelude.Assertions(vm); got != 7 {
		t.Errorf("Assertions = %d, want 7", got)
	}
}
