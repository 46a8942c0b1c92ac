"""The local cluster: a whole Kubernetes on one machine, for demo and tests. Production uses nothing of it."""
