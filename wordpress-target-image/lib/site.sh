# shellcheck shell=bash
# What both the installer and the web server have to find in place when they start. Sourced, never run.

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

require_environment() {
    local name
    for name in "$@"; do
        [[ -n ${!name:-} ]] || fail "the environment variable $name is missing"
    done
}

# PHP takes what it verifies from one place: without the system's authorities in it, a site's own calls to https hosts
# would fail; without the database's, its connections would. A folder, in which OpenSSL looks up the one that it needs: a
# bundle is read whole for every connection, and every page makes one (7 of its 40 ms of processor).
write_authorities() {
    local folder=/run/wordpress-clone/authorities
    rm -rf "$folder"
    mkdir -p "$folder"
    cp --symbolic-link /etc/ssl/certs/*.pem "$folder"
    if [[ -n ${DB_CA_FILE:-} ]]; then
        csplit --quiet --elide-empty-files --prefix="$folder/database-" --suffix-format=%03d.pem \
            "$DB_CA_FILE" '/^-----BEGIN CERTIFICATE-----/' '{*}'
    fi
    openssl rehash "$folder"
}

# The rules that make a clone safe live in the image, where the copied site cannot change them. WordPress finds them
# through one file in the volume, written anew at every start.
write_loader() {
    local folder="$SITE_ROOT/wp-content/mu-plugins"
    mkdir -p "$folder"
    cp /usr/local/lib/wordpress-clone/loader.php "$folder/.0-wordpress-clone.new"
    mv "$folder/.0-wordpress-clone.new" "$folder/0-wordpress-clone.php"
}

# cURL's own environment: code that does not ask WordPress finds the way out too. A call to the pod itself stays in it, and
# so do WordPress's calls to the site's own URL (loopback.php) after a redirect from elsewhere.
export_proxy() {
    [[ -n ${EGRESS_PROXY:-} ]] || return 0
    http_proxy="http://$EGRESS_USER:$EGRESS_PASSWORD@${EGRESS_PROXY#http://}"
    https_proxy="$http_proxy"
    no_proxy=127.0.0.1,localhost
    export http_proxy https_proxy no_proxy
}

# What Apache's configuration needs beside the pod's environment, which Apache cannot take apart by itself. The value of
# the gate's cookie is new at every start: whoever was in logs in again.
derive_environment() {
    CLONE_ORIGIN="$(grep --only-matching --extended-regexp '^https?://[^/]+' <<<"$CLONE_URL")"
    CLONE_HOST="${CLONE_ORIGIN#*://}"
    CLONE_GATE="$(od --address-radix=n --format=x8 --read-bytes=32 /dev/urandom | tr --delete ' \n')"
    CLONE_ACCESS="${CLONE_ACCESS:-open}"
    # What Apache puts a request's path behind: the site's folder has the path's name, or is all there is.
    CLONE_DOCUMENT_ROOT="${SITE_ROOT%"$CLONE_PATH"}"
    export CLONE_ORIGIN CLONE_HOST CLONE_GATE CLONE_ACCESS CLONE_DOCUMENT_ROOT
}
