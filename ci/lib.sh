# What the scripts of this folder share; it is sourced, not run. Bash 4.4 or later.
#
# `ensure_*` makes sure that something is there, and installs the Debian package that holds it where it is not. It says what it installs, does
# nothing when nothing is missing, and starts no service: the packages are the ones without one (`mariadb-server-core`,
# not `mariadb-server`). Without root or apt it says what is missing and ends the script with status 3 (set-up failed).
#
# All words go to standard error, so that a script's standard output can be an answer.
# shellcheck shell=bash disable=SC2016  # backticks in single quotes are meant: messages

# Debian keeps servers where the path of an ordinary user does not look.
PATH=$PATH:/usr/sbin:/sbin

readonly EXIT_SETUP=3

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  say "$*"
  exit "$EXIT_SETUP"
}

has() { command -v "$1" >/dev/null 2>&1; }

# install PACKAGE...
install_packages() {
  if ! has apt-get; then
    fail "missing, and there is no apt to install them with, so install what corresponds to these Debian packages: $*"
  fi
  if [[ $(id -u) -ne 0 ]]; then
    fail "missing, and only root may install packages, so run: sudo apt-get install --no-install-recommends $*"
  fi
  say "installing Debian packages: $*"
  local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet --option Dpkg::Use-Pty=0)
  local -a install=("${apt[@]}" install --yes --no-install-recommends "$@")
  # The lists of a fresh machine are missing or old: then, and only then, they are fetched.
  if ! "${install[@]}" >/dev/null 2>&1; then
    "${apt[@]}" update >&2 || fail "the package lists cannot be fetched: the words of apt are above"
    "${install[@]}" >&2 || fail "packages cannot be installed: the words of apt are above"
  fi
}

# ensure PROGRAM=PACKAGE...
# The programs must be found afterwards; the packages of all that are missing are installed in one go.
ensure() {
  local pair
  local -a packages=()
  for pair in "$@"; do
    has "${pair%%=*}" || packages+=("${pair#*=}")
  done
  if [[ ${#packages[@]} -eq 0 ]]; then
    return
  fi
  install_packages "${packages[@]}"
  hash -r
  for pair in "$@"; do
    has "${pair%%=*}" || fail "still not found after installing \`${pair#*=}\`: ${pair%%=*}"
  done
}

# Programs for the services as local processes: a database server, and PHP with what the stand-in needs.
ensure_local_services() {
  # `my_print_defaults` is what `mariadb-install-db` cannot do without.
  ensure mariadbd=mariadb-server-core mariadb-install-db=mariadb-server-core my_print_defaults=mariadb-client-core php=php-cli
  local modules
  local -a packages=()
  modules=$(php -m)
  grep --quiet --line-regexp mysqli <<<"$modules" || packages+=(php-mysql)
  grep --quiet --line-regexp SimpleXML <<<"$modules" || packages+=(php-xml)
  if [[ ${#packages[@]} -gt 0 ]]; then
    install_packages "${packages[@]}"
  fi
}

# Programs that build the stand-in images.
ensure_image_tools() {
  ensure mmdebstrap=mmdebstrap
  if [[ ! -e $DEBIAN_KEYRING ]]; then
    install_packages debian-archive-keyring
  fi
}
DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Rust is the one thing that is not installed for anybody: which toolchain, and where, is theirs to say.
ensure_cargo() {
  if ! has cargo && [[ -r $HOME/.cargo/env ]]; then
    # shellcheck source=/dev/null
    . "$HOME/.cargo/env"
  fi
  has cargo || fail 'not found: `cargo`, so install Rust as https://rustup.rs says, and run this again'
}

# Whether a container engine answers. A client without an engine behind it does not count.
engine_answers() {
  has docker && timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Images for the services: what is configured, else the official ones where they can be pulled, else stand-ins.
ensure_images() {
  if [[ -n ${PARITY_DATABASE_IMAGE:-} && -n ${PARITY_LEGACY_IMAGE:-} ]]; then
    return
  fi
  local image
  for image in mysql:8.4 openml/php-rest-api:v1.2.4; do
    if ! docker image inspect "$image" >/dev/null 2>&1 && ! docker pull --quiet "$image" >/dev/null 2>&1; then
      say "cannot pull \`$image\`: stand-in images are built from Debian packages"
      ensure_image_tools
      local exports
      exports=$(ci/images)
      eval "$exports"
      return
    fi
  done
}
