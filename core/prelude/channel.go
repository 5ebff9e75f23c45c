package prelude

import (
	"container/list"
	"errors"
	"slices"
	"sync"

	"assay.rs/core"
)

var (
	errClosed   = errors.New("the channel is closed")
	errSendNil  = errors.New("argument 1 'value': nil cannot be sent: recv gives nil when the channel is closed")
	errCapacity = errors.New("argument 1 'capacity': must be between 0 and 1000000")
)

const maxCapacity = 1_000_000

// channel hands values from task to task.
type channel struct {
	mu        sync.Mutex
	capacity  int
	values    queue     // at most capacity of them
	senders   list.List // of *sender, for which there is no room
	receivers core.Cond
	closed    bool
}

// sender is a task that waits until its value is in the channel, or received.
type sender struct {
	value core.Value
	turn  core.Cond
	in    bool
}

// Holds implements [core.Holder]. What senders wait with is on their stacks.
func (ch *channel) Holds(held core.Held) {
	ch.mu.Lock()
	values := slices.Clone(ch.values.values)
	ch.mu.Unlock()
	held.Values(values...)
}

func channelFunc(class *core.Object[*channel]) core.Func {
	return core.Fn1(core.Doc{
		Name: "channel", Text: "Makes a channel, through which tasks hand each other values in order.",
		Needs: core.Pure, Level: core.Check,
		Examples: []string{"local ch = async.channel()\nasync.spawn(function()\n  for i = 1, 3 do ch.send(i) end\n  ch.close()\nend)\nlocal sum = 0\nfor v in ch.recv do sum = sum + v end\nassert.eq(sum, 6)"},
	},
		core.Opt("capacity", core.Int(), 0, "How many values it holds before send waits. With 0, send waits until the value is received.").Default("0"),
		core.Returns(class.Type(), "The channel."),
		func(_ core.Call, capacity int) (*channel, error) {
			if capacity < 0 || capacity > maxCapacity {
				return nil, errCapacity
			}
			return &channel{capacity: capacity}, nil
		})
}

func channelClass() *core.Object[*channel] {
	class := core.NewObject[*channel]("async.Channel", "Hands values from task to task. Its methods may be called with a dot or a colon.")
	return class.ToString(func(*channel) string { return "async.Channel" }).Method(
		core.Fn2(core.Doc{
			Name: "send", Text: "Sends a value, and waits while the channel is full. On a closed channel it raises.",
			Needs: core.Wait, Level: core.Check, Unbound: true,
			Examples: []string{"local ch = async.channel(1)\nch:send({id = 7})\nassert.eq(ch:recv().id, 7)"},
		},
			class.Self(), core.Arg("value", core.Any(), "Anything but nil."), core.ReturnsNothing(), send),
		core.Fn1(core.Doc{
			Name: "recv", Text: "Waits for a value and gives it, or nil when the channel is closed and nothing is left in it. `for v in ch.recv do` receives until then.",
			Needs: core.Wait, Level: core.Check, Unbound: true,
			Examples: []string{"local ch = async.channel(2)\nch:send(\"a\")\nch:close()\nassert.eq(ch:recv(), \"a\")\nassert.is_nil(ch:recv())"},
		},
			class.Self(), core.Returns(core.Any(), "The value, or nil."), recv),
		core.Fn1(core.Doc{
			Name: "close", Text: "Closes the channel: what is in it can still be received, and tasks that wait to send raise. To close it again does nothing.",
			Needs: core.Pure, Level: core.Check, Unbound: true,
			Examples: []string{"local ch = async.channel()\nch:close()\nassert.raises(function() ch:send(1) end, \"closed\")"},
		},
			class.Self(), core.ReturnsNothing(), closeChannel),
	)
}

func send(c core.Call, ch *channel, v core.Value) (core.None, error) {
	if v.IsNil() {
		return core.None{}, errSendNil
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.closed {
		return core.None{}, errClosed
	}
	if ch.values.len() < ch.capacity {
		ch.values.push(v)
		ch.receivers.Signal()
		return core.None{}, nil
	}
	s := &sender{value: v}
	place := ch.senders.PushBack(s)
	ch.receivers.Signal()
	for !s.in {
		err := s.turn.Wait(c, &ch.mu)
		if err == nil && ch.closed && !s.in {
			err = errClosed
		}
		if err != nil {
			ch.senders.Remove(place)
			return core.None{}, err
		}
	}
	return core.None{}, nil
}

func recv(c core.Call, ch *channel) (core.Value, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	for ch.values.len() == 0 && ch.senders.Len() == 0 {
		if ch.closed {
			return core.Nil(), nil
		}
		if err := ch.receivers.Wait(c, &ch.mu); err != nil {
			return core.Nil(), err
		}
	}
	if ch.capacity == 0 {
		return ch.enter(), nil
	}
	received := ch.values.pop()
	if ch.senders.Len() > 0 {
		ch.values.push(ch.enter())
	}
	return received, nil
}

// enter lets the first sender that waits go on, and gives its value.
func (ch *channel) enter() core.Value {
	s := ch.senders.Remove(ch.senders.Front()).(*sender)
	s.in = true
	s.turn.Signal()
	return s.value
}

func closeChannel(_ core.Call, ch *channel) (core.None, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.closed = true
	ch.receivers.Broadcast()
	for first := ch.senders.Front(); first != nil; first = ch.senders.Front() {
		ch.senders.Remove(first).(*sender).turn.Signal()
	}
	return core.None{}, nil
}
