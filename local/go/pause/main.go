// Command pause holds a pod's namespaces open: it waits for the signal that ends the pod, and nothing else. Zombies
// are not its concern, because no pod of the local cluster shares its process namespace.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
}
