# The control plane, kube-proxy and etcd: kubeadm's manifests name five images, all are tags of this one.
# They run as root, as kubeadm's own static pods do: they read the keys in /etc/kubernetes/pki or program iptables.
FROM wordpress-clone/node-tools:local
RUN apt-get update \
 && apt-get install -y --no-install-recommends etcd-server \
 && rm -rf /var/lib/apt/lists/* \
 && for program in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do \
      ln -s kubernetes "/usr/local/bin/$program"; \
    done
COPY kubernetes /usr/local/bin/kubernetes
