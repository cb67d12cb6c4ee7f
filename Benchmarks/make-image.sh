#!/bin/bash
# make-image.sh DIRECTORY: an image of more than 1 GB in more than 8 layers, as builders leave it, for `make bench`.
# DIRECTORY/oci has its layers in gzip, DIRECTORY/oci-zstd in zstd; both are named `latest`.
# Everything comes from Debian's packages; root is needed, and mmdebstrap, buildah, skopeo and zstd.
# MIRROR and SUITE override the mirror and the release that apt on this system is configured with.
# Ends with 75 and a message where the machine cannot make it.
set -euo pipefail
if [ "$(id -u)" != 0 ]; then
  echo "making an image needs root" >&2
  exit 75
fi
for program in mmdebstrap buildah skopeo zstd; do
  if ! command -v "$program" >/dev/null; then
    echo "making an image needs $program; install the packages mmdebstrap, buildah, skopeo and zstd" >&2
    exit 75
  fi
done
mkdir -p "$1"
work=$(cd "$1" && pwd)
cd "$work"
[ ! -e complete ] || exit 0
rm -rf oci oci-zstd store run
mkdir -p context/app/service
suite=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
  awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')}
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >policy.json
[ -s context/base.tar ] || mmdebstrap --variant=minbase --components=main "$suite" context/base.tar "$mirror"
for number in $(seq 1 200); do
  printf 'import json\n\n\ndef value():\n    return json.dumps({"number": %d})\n' "$number" \
    >"context/app/service/module$number.py"
done
printf 'import compileall\n\ncompileall.compile_dir("/app/service", quiet=1)\n' >context/app/main.py
cat >context/Dockerfile <<'END'
FROM scratch
ADD base.tar /
ENV LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-requests
RUN apt-get install -y --no-install-recommends python3-scipy python3-pandas
RUN apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends nodejs golang-go
WORKDIR /app
COPY app /app
RUN python3 main.py && python3 -O main.py
RUN mkdir -p /root/.cache/pip/http-v2 && head -c 40000000 /dev/urandom >/root/.cache/pip/http-v2/body
RUN rm -rf /root/.cache /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
RUN rm -rf /usr/share/doc && mkdir -p /usr/share/doc
RUN chmod -R g+w /usr/lib/python3/dist-packages
ENTRYPOINT ["python3", "/app/main.py"]
END
export STORAGE_DRIVER=${STORAGE_DRIVER:-overlay} BUILDAH_ISOLATION=chroot
store=(--root "$work/store" --runroot "$work/run")
# The overlay stays mounted where a step is interrupted.
trap 'umount -R "$work/store/overlay" 2>/dev/null || true' EXIT
buildah "${store[@]}" bud --signature-policy policy.json --layers --isolation chroot --network host -t image context
buildah "${store[@]}" push -q --signature-policy policy.json --format oci localhost/image oci:oci:latest
skopeo --policy policy.json copy -q --dest-compress-format zstd oci:oci:latest oci:oci-zstd:latest
buildah "${store[@]}" rmi -a -f >/dev/null
umount -R "$work/store/overlay" 2>/dev/null || true
rm -rf store run
touch complete
