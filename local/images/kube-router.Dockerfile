# Routes between nodes and NetworkPolicy. Root, because it programs iptables, ipset and the nodes' CNI folder.
FROM wordpress-clone/node-tools:local
RUN apt-get update \
 && apt-get install -y --no-install-recommends containernetworking-plugins \
 && rm -rf /var/lib/apt/lists/*
COPY kube-router /usr/local/bin/kube-router
ENTRYPOINT ["/usr/local/bin/kube-router"]
