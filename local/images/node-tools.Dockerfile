# What the node, the control plane and the network agent all need to program the kernel's network. One layer, three users.
FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends conntrack iproute2 ipset iptables kmod \
 && rm -rf /var/lib/apt/lists/*
