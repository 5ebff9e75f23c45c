// Command controlplane is what a Kubernetes cluster is ruled by, in one program: etcd, kube-apiserver and
// kube-controller-manager; and a kubelet that has no containers. test/install builds it for the tests against a real API server. It is a module of its own, outside
// the workspace: nothing else shall link Kubernetes.
//
//	controlplane etcd|kube-apiserver|kube-controller-manager|kubelet FLAGS
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	commands := map[string]func() *cobra.Command{
		"kube-apiserver":          apiserver.NewAPIServerCommand,
		"kube-controller-manager": controllers.NewControllerManagerCommand,
	}
	if len(os.Args) < 2 {
		usage()
	}
	os.Args = os.Args[1:]
	switch os.Args[0] {
	case "etcd":
		etcdmain.Main(os.Args)
		return
	case "kubelet":
		if err := kubelet(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	command, ok := commands[os.Args[0]]
	if !ok {
		usage()
	}
	os.Exit(cli.Run(command()))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: controlplane etcd|kube-apiserver|kube-controller-manager|kubelet FLAGS")
	os.Exit(2)
}
