# Sourced by ./run, ./test and ./bench: the inbox is built with Node 20.19 or later. Takes the one on the path, else the distribution's,
# else a program of the npm registry (node-linux-…), which needs no more than an npm, in artifacts/node. Says on stderr what it installs.
# shellcheck shell=bash
node_is_new_enough() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

node_packages() {
  echo "Installing ${*} (the inbox is built with it) …" >&2
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

bring_node() {
  local own=$PWD/artifacts/node cpu
  [ ! -x "$own/node_modules/.bin/node" ] || PATH=$own/node_modules/.bin:$PATH
  node_is_new_enough && command -v npm > /dev/null && return
  command -v npm > /dev/null || { command -v apt-get > /dev/null && node_packages nodejs npm; } \
    || { echo "please install Node 20.19 or later, with npm" >&2; return 1; }
  node_is_new_enough && return
  case $(uname -m) in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) echo "please install Node 20.19 or later" >&2; return 1 ;; esac
  echo "Installing Node 24 into artifacts/node …" >&2
  mkdir -p "$own" || return 1
  npm install --prefix "$own" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "node-linux-$cpu@24" >&2 || return 1
  mkdir -p "$own/node_modules/.bin" && ln -sf "../node-linux-$cpu/bin/node" "$own/node_modules/.bin/node"
  PATH=$own/node_modules/.bin:$PATH
  node_is_new_enough
}
