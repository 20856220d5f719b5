package dbtenv

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"time"
)

// serve starts a script that goes on until its stdin is closed, which it also is when this process ends, however it does. The
// first line that it prints, when it is ready, goes to answer. It may take requests as golden/python/driver.py does.
func serve(python, script string, answer any) (*Driver, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(python, script) // without a context: it outlives the test that is first to ask
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stdout := bufio.NewReader(pipe)
	limit := time.AfterFunc(toolLimit, func() { _ = cmd.Process.Kill() }) // which ends the read below
	line, err := stdout.ReadBytes('\n')
	limit.Stop()
	if err == nil {
		err = json.Unmarshal(line, answer)
	}
	if err != nil {
		_ = stdin.Close()
		_ = cmd.Wait()
		return nil, fmt.Errorf("%s does not start: %w\n%s%s", script, err, line, &stderr)
	}
	return &Driver{process: cmd.Process, stdin: stdin, stdout: stdout}, nil
}

// stop ends what serve has started.
func (d *Driver) stop() {
	_ = d.stdin.Close()
	_, _ = d.process.Wait()
}
