package http

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"assay.rs/core"
)

// eachLine calls fn for each line of body, without its line feed and the carriage return before it; what follows the last
// line feed is a line too, unless it is empty. A line of more than limit bytes is an error.
func eachLine(c core.Call, body io.Reader, limit int64, fn core.Callback) error {
	from := bufio.NewReaderSize(body, pieceBytes)
	for {
		line, err := readLine(c, from, limit)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		ended := err != nil
		if ended && len(line) == 0 {
			return nil
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if more, err := goesOn(fn.Call(c, core.TextValue(string(line)))); err != nil || !more || ended {
			return err
		}
	}
}

// readLine reads up to a line feed, which the line has. The line is valid until the next is read.
func readLine(c core.Call, from *bufio.Reader, limit int64) ([]byte, error) {
	line, err := from.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	var whole []byte
	for errors.Is(err, bufio.ErrBufferFull) {
		whole = append(whole, line...)
		if int64(len(whole)) > limit {
			return nil, errBodyTooLarge.With(fmt.Errorf("a line is larger than %d bytes", limit), "raise options.max_body, or read without options.lines")
		}
		if err := c.Charge(2 * len(whole)); err != nil {
			return nil, err
		}
		line, err = from.ReadSlice('\n')
	}
	return append(whole, line...), err
}
