package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	osexec "os/exec"
	"strings"
	"sync"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	"k8s.io/utils/exec"
)

// kubelet is the part of a kubelet that the API server passes requests on to, with the code of Kubernetes for its
// protocols. Its containers are this host: a command is run as a process of it, a port is one of it, and the log of a
// container says what was asked for.
func kubelet(args []string) error {
	flags := flag.NewFlagSet("kubelet", flag.ContinueOnError)
	address := flags.String("address", "", "where to listen")
	cert := flags.String("cert", "", "the certificate's file")
	key := flags.String("key", "", "its key's file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", serveExec)
	mux.HandleFunc("/portForward/{namespace}/{pod}", servePortForward)
	mux.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", serveLog)
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	server := &http.Server{Addr: *address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServeTLS(*cert, *key)
}

const idle = time.Hour

func serveExec(w http.ResponseWriter, r *http.Request) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, host{}, r.PathValue("pod"), "", r.PathValue("container"), r.URL.Query()["command"], options,
		idle, remotecommand.DefaultStreamCreationTimeout, remotecommand.SupportedStreamingProtocols)
}

func servePortForward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, host{}, r.PathValue("pod"), "", options, idle, 30*time.Second, portforward.SupportedProtocols)
}

// host is what is executed in, and what ports are forwarded to.
type host struct{}

// ExecInContainer implements [remotecommand.Executor].
func (host) ExecInContainer(ctx context.Context, _, _, container string, command []string, in io.Reader, out, errs io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	c := osexec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(os.Environ(), "CONTAINER="+container)
	// Not Stdin: Wait would wait for a client that sends nothing more.
	stdin, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if out != nil {
		c.Stdout = out
	}
	if errs != nil {
		c.Stderr = errs
	}
	if err := c.Start(); err != nil {
		return err
	}
	go func() {
		if in != nil {
			_, _ = io.Copy(stdin, in)
		}
		_ = stdin.Close()
	}()
	err = c.Wait()
	var status *osexec.ExitError
	if errors.As(err, &status) {
		return exec.CodeExitError{Err: err, Code: status.ExitCode()}
	}
	return err
}

// PortForward implements [portforward.PortForwarder].
func (host) PortForward(ctx context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	defer conn.Close()
	var sent sync.WaitGroup
	sent.Go(func() {
		_, _ = io.Copy(conn, stream)
		_ = conn.(*net.TCPConn).CloseWrite()
	})
	_, err = io.Copy(stream, conn)
	_ = stream.Close()
	sent.Wait()
	return err
}

func serveLog(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	container := r.PathValue("container")
	if query.Has("previous") {
		container += " before"
	}
	for n := 1; n <= 3; n++ {
		fmt.Fprintf(w, "%s %d\n", container, n)
	}
	if !query.Has("follow") {
		return
	}
	flush := http.NewResponseController(w)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for n := 4; ; n++ {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintf("%s %d", container, n)))
			_ = flush.Flush()
		}
	}
}
