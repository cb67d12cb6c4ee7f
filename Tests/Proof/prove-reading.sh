#!/bin/sh
# Proves on a real image what the reading of images promises: builds one with every kind of layer, and compares the
# merged view with what umoci unpacks, path by path, and the ledgers of all its forms and of the store it was built in.
#
# Runs as root on Debian and its relatives, with mmdebstrap, buildah, crun, skopeo, umoci and zstd. No image comes from a
# registry; all is made from Debian's packages and kept, about 3 GB, in .build-proof/image. SUITE and MIRROR name another
# release and mirror than those that apt is configured with.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/.build-proof/image
unset PYTHONDONTWRITEBYTECODE

fail() {
  echo "prove-reading: $*" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "buildah needs root here"
for program in mmdebstrap buildah crun skopeo umoci zstd; do
  command -v "$program" >/dev/null || fail "$program is missing: apt-get install mmdebstrap buildah crun skopeo umoci zstd"
done
mkdir -p "$work/context/app/pkg"
cd "$work"
suite=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
  awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')}
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >policy.json
[ -s context/rootfs.tar ] || mmdebstrap --variant=minbase --components=main "$suite" context/rootfs.tar "$mirror"

printf 'import json\ndef a(x):\n    return json.dumps({"a": x})\n' >context/app/pkg/a.py
printf 'def b(): return 2\n' >context/app/pkg/b.py
printf 'from . import a, b\n' >context/app/pkg/__init__.py
printf 'import pkg\nprint(pkg.a.a(pkg.b.b()))\n' >context/app/main.py
cat >context/Dockerfile <<'END'
FROM scratch
ADD rootfs.tar /
ENV LANG=C.UTF-8 PIP_NO_CACHE_DIR=1
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-requests
WORKDIR /app
COPY app /app
RUN python3 main.py && python3 -O main.py && python3 -OO main.py \
 && t=$(python3 -c 'import sys; print(sys.implementation.cache_tag)') \
 && cp pkg/__pycache__/a.$t.pyc pkg/__pycache__/a.cpython-39.pyc \
 && cp pkg/__pycache__/b.$t.pyc pkg/__pycache__/gone.$t.pyc \
 && printf '# edited later\n' >> pkg/b.py \
 && ln pkg/a.py pkg/a_link.py && ln -s ../pkg/a.py pkg/a_symlink.py
RUN for i in $(seq 10 29); do mkdir -p /root/.cache/pip/http-v2/a/b/$i && head -c 1000000 /dev/urandom > /root/.cache/pip/http-v2/a/b/$i/f; done
RUN rm -rf /root/.cache/pip /var/lib/apt/lists/* && rm -f /var/cache/apt/archives/*.deb
RUN rm -rf /usr/share/doc && mkdir -p /usr/share/doc && echo kept > /usr/share/doc/README
RUN chmod -R g+w /usr/lib/python3/dist-packages
RUN printf '\n' >> /etc/bash.bashrc && apt-get update
ENTRYPOINT ["python3"]
CMD ["main.py"]
END

if [ ! -e image/complete ]; then
  rm -rf image
  mkdir image
  export STORAGE_DRIVER=overlay BUILDAH_ISOLATION=chroot
  buildah --root "$work/store" --runroot "$work/run" bud --signature-policy policy.json --layers --isolation chroot \
    --network host -t proof context
  buildah --root "$work/store" --runroot "$work/run" push -q --signature-policy policy.json --format oci localhost/proof \
    "oci:image/oci:latest"
  copy="skopeo --policy policy.json copy -q"
  $copy --dest-compress-format zstd oci:image/oci:latest oci:image/oci-zstd:latest
  $copy oci:image/oci:latest docker-archive:image/docker-archive.tar:example/proof:latest
  $copy oci:image/oci:latest oci-archive:image/oci-archive.tar:latest
  umoci unpack --image image/oci:latest image/bundle
  # The uppermost layer is the one with the most layers below.
  top=$(wc -c store/overlay/*/lower | sort -n | awk '$2 != "total" { last = $2 } END { print last }')
  ln -s "$work/${top%/lower}" image/top
  touch image/complete
fi

cd "$root"
CACHEPOLICY_REAL_IMAGE=$work/image swift test --filter RealImageTests
