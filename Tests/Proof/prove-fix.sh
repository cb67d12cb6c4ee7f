#!/bin/sh
# Proves by building what `cachepolicy fix` promises: builds the service beside this script as it is and after a fix,
# and shows from the layers that the caches which were reported are gone, that the service still starts, and how much
# smaller its image is.
#
# Runs as root on Debian and its relatives. No image comes from a registry: the base is made from Debian's packages
# and kept in .build-proof. Packages of Python come from where pip on this machine takes them.
# CACHEPOLICY names a program that is to be used instead of one built here.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
kept=$root/.build-proof
bundle=/etc/ssl/certs/ca-certificates.crt

# What is watched: a word of the reports, and where its files lie in a layer.
watched='apt var/cache/apt/
apt var/lib/apt/lists/
pip root/.cache/pip/
uv root/.cache/uv/'

fail() {
  echo "prove-fix: $*" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "buildah needs root here"
sh "$root/.ci/setup" proof
mkdir -p "$kept"
work=$(mktemp -d)

# A store of its own, so that nothing of the machine's images is touched.
b() {
  buildah --root "$work/store" --runroot "$work/run" "$@"
}

clean_up() {
  b rm --all >/dev/null 2>&1 || :
  b rmi --all --force >/dev/null 2>&1 || :
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

program=${CACHEPOLICY:-}
if [ -z "$program" ]; then
  echo "building cachepolicy …"
  (cd "$root" && swift build -c release --product cachepolicy >"$work/swift.log" 2>&1) || {
    cat "$work/swift.log" >&2
    exit 1
  }
  program=$(cd "$root" && swift build -c release --show-bin-path)/cachepolicy
fi

# The base: Debian, Python, and the certificates that this machine trusts.
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
if [ ! -f "$kept/$suite.tar" ]; then
  echo "making a base of Debian's $suite …"
  proxy=$(apt-config dump --format '%v' Acquire::http::Proxy)
  mmdebstrap --quiet --variant=apt --include=ca-certificates,python3,python3-venv \
    ${proxy:+--aptopt="Acquire::http::Proxy \"$proxy\""} \
    --customize-hook="[ ! -f $bundle ] || cp $bundle \"\$1$bundle\"" \
    "$suite" "$kept/part-$suite.tar" || fail "mmdebstrap failed"
  mv "$kept/part-$suite.tar" "$kept/$suite.tar"
fi
base=$(b from scratch)
b add --quiet "$base" "$kept/$suite.tar" / >/dev/null
b commit --quiet "$base" localhost/cachepolicy-proof-base >/dev/null
b rm "$base" >/dev/null

# How pip and uv reach their index is mounted while they run, so that it is in no layer.
index=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || :)}
printf '[global]\ncert = %s\n%s\n' "$bundle" "${index:+index-url = $index}" >"$work/pip.conf"
printf 'native-tls = true\n%s\n' "${index:+index-url = \"$index\"}" >"$work/uv.toml"

# build NAME: builds $work/NAME, and unpacks its layers to $work/NAME.layers.
build() {
  echo "building the service $1 …"
  b build --quiet --isolation chroot --layers --format docker --volume "$work/pip.conf:/etc/pip.conf:ro" \
    --volume "$work/uv.toml:/etc/uv/uv.toml:ro" --tag "localhost/service-$1" "$work/$1" >"$work/$1.log" 2>&1 || {
    cat "$work/$1.log" >&2
    fail "the service $1 does not build"
  }
  b push --quiet "localhost/service-$1" "docker-archive:$work/$1.tar" >/dev/null
  mkdir "$work/$1.layers"
  tar -xf "$work/$1.tar" -C "$work/$1.layers"
  : >"$work/$1.files"
  for layer in $(layers "$1"); do
    tar -tvf "$work/$1.layers/$layer" >>"$work/$1.files"
  done
}

# layers NAME: the layers on top of the base, in order.
layers() {
  python3 -c 'import json, sys; print(*json.load(sys.stdin)[0]["Layers"][1:])' <"$work/$1.layers/manifest.json"
}

# size NAME: the bytes of all layers of the image, the base included.
size() {
  find "$work/$1.layers" -type f -name '*.tar' -exec cat {} + | wc -c
}

# count NAME PLACE: how many files the layers hold under a place, and their bytes. The locks of apt are empty and
# stay; a name that begins with .wh. is no file, but says that one of the base is gone.
count() {
  awk -v place="$2" '
    /^-/ && index($6, place) == 1 && $6 !~ /\/lock$/ && $6 !~ /\/\.wh\./ { files += 1; bytes += $3 }
    END { print files + 0, bytes + 0 }' "$work/$1.files"
}

# start NAME: starts what the image starts, and asks it for its page.
start() {
  container=$(b from "localhost/service-$1")
  words=$(b inspect --type image --format '{{range .Docker.Config.Cmd}}{{.}} {{end}}' "localhost/service-$1")
  # shellcheck disable=SC2086,SC2016
  answer=$(b run --isolation chroot "$container" -- sh -c '
    "$@" >/tmp/address 2>/tmp/errors & service=$!
    for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
      [ -s /tmp/address ] && break
      sleep 1
    done
    curl --silent --show-error --noproxy "*" --max-time 15 "$(head -n 1 /tmp/address)" || cat /tmp/errors >&2
    kill $service' sh $words)
  b rm "$container" >/dev/null
  [ "$answer" = "it works" ] || fail "the service $1 does not start"
}

mkdir "$work/before"
cp "$here"/service/* "$work/before"
status=0
(cd "$work/before" && "$program" check --format concise --color never Dockerfile) >"$work/findings" || status=$?
[ "$status" = 1 ] || fail "check ended with $status, not 1: $(cat "$work/findings")"
for word in $(echo "$watched" | cut -d' ' -f1 | sort -u); do
  grep -q -w "$word" "$work/findings" || fail "check does not report $word: $(cat "$work/findings")"
done

cp -R "$work/before" "$work/after"
status=0
(cd "$work/after" && "$program" fix --unsafe Dockerfile) >"$work/fix.log" 2>&1 || status=$?
case $status in 0 | 1) ;; *) fail "fix ended with $status: $(cat "$work/fix.log")" ;; esac
if cmp -s "$work/before/Dockerfile" "$work/after/Dockerfile"; then fail "fix changed nothing"; fi

build before
build after
start before
start after

echo
cat "$work/findings"
echo
diff -u "$work/before/Dockerfile" "$work/after/Dockerfile" | sed '1,2d' || :
echo
failed=0
printf '%-26s %8s %12s %8s %12s\n' 'files in the layers' before bytes after bytes
while read -r word place; do
  # shellcheck disable=SC2046
  set -- $(count before "$place") $(count after "$place")
  printf '%-26s %8s %12s %8s %12s\n' "/$place" "$@"
  if [ "$1" = 0 ]; then
    echo "prove-fix: $word left nothing in /$place before the fix" >&2
    failed=1
  fi
  if [ "$3" != 0 ]; then
    echo "prove-fix: $word still leaves files in /$place" >&2
    failed=1
  fi
done <<END
$watched
END
before=$(size before)
after=$(size after)
printf '%-26s %8s %12s %8s %12s\n' 'image' '' "$before" '' "$after"
[ "$after" -lt "$before" ] || fail "the image did not shrink"
echo "the image is $(((before - after) * 100 / before)) % smaller; the service starts from both"
exit "$failed"
