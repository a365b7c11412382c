#!/bin/sh
# Gets the peers that `make bench` compares with. Run it as root on Debian 12; it needs about 700 MB and ten minutes.
#   Kamailio, rtpengine (user space)  Debian's packages, not started
#   Asterisk 22                       a folder of Debian unstable (debootstrap), run through chroot
# The folder is CENTRALITA_PEERS, or ~/.cache/centralita-peers. Nothing of this is needed by Centralita itself.
set -eu
peers="${CENTRALITA_PEERS:-$HOME/.cache/centralita-peers}"
export DEBIAN_FRONTEND=noninteractive

[ "$(id -u)" = 0 ] || { echo "run it as root: it installs packages and uses chroot" >&2; exit 1; }

# Packages must not start their services: a benchmark does, with its own configuration.
refuse_services() {
    [ -e "$1/usr/sbin/policy-rc.d" ] || { printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"; }
}

if ! command -v kamailio >/dev/null || ! command -v rtpengine >/dev/null || ! command -v debootstrap >/dev/null; then
    fresh=$([ -e /usr/sbin/policy-rc.d ] || echo yes)
    refuse_services ""
    apt-get update
    apt-get install -y --no-install-recommends kamailio rtpengine-daemon debootstrap
    [ -z "$fresh" ] || rm -f /usr/sbin/policy-rc.d
fi

root="$peers/asterisk-sid"
if [ ! -x "$root/usr/sbin/asterisk" ]; then
    mkdir -p "$peers"
    [ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase sid "$root" ${CENTRALITA_PEERS_MIRROR:-}
    refuse_services "$root"
    chroot "$root" apt-get install -y --no-install-recommends asterisk
fi

kamailio -v | head -1
rtpengine --version 2>&1 | head -1
chroot "$root" /usr/sbin/asterisk -V
