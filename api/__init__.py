"""The facade and the controller: clones of WordPress sites as one HTTP API over one Kubernetes object."""

__version__ = "0.1.0"
