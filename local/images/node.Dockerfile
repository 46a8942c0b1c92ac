# A node for kind, without systemd: files/entrypoint starts containerd and the kubelet itself.
FROM wordpress-clone/node-tools:local
RUN apt-get update \
 && apt-get install -y --no-install-recommends containerd ethtool mount procps runc util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /opt/cni/bin /etc/cni/net.d /kind/manifests \
 && for program in kubeadm kubelet kubectl; do ln -s kubernetes "/usr/bin/$program"; done
COPY kubernetes /usr/bin/kubernetes
COPY preloaded-images.tar /kind/preloaded-images.tar
COPY storage.yaml /kind/manifests/default-storage.yaml
COPY version /kind/version
COPY containerd.toml /etc/containerd/config.toml
COPY entrypoint kubeadm systemctl /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/entrypoint"]
