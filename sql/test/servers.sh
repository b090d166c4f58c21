# For the scripts beside it: three PostgreSQL servers of this machine, made and removed again. Sourced by bash.
#
# PG_BIN: PostgreSQL's bin directory; else that of the PATH or the newest below /usr/lib/postgresql. psql may come from the
# PATH when PG_BIN has none. PORTS: three ports instead of free ones. Root gives the servers to an unprivileged user.

MASTER_PASSWORD=7363728258
SHARD_PASSWORD=12
export PGCONNECT_TIMEOUT=10 LC_ALL=C
unset PGDATABASE PGHOST PGPORT PGUSER PGOPTIONS PGSERVICE PGPASSFILE PGSSLMODE
started=""

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

find_binaries() {
    local dir newest=""
    if [ -n "${PG_BIN:-}" ]; then
        bin=$PG_BIN
    elif command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
        bin=$(dirname "$(command -v initdb)")
    else
        for dir in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
            [ -x "$dir/initdb" ] && newest=$dir
        done
        bin=$newest
    fi
    [ -n "$bin" ] && [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] ||
        die "no initdb and pg_ctl in ${bin:-the PATH}: set PG_BIN to PostgreSQL's bin directory"
    psql=$bin/psql
    [ -x "$psql" ] || psql=$(command -v psql) || die "no psql in $bin and none in the PATH"
}

# PostgreSQL refuses to run as root.
find_server_user() {
    as_server=()
    owner=""
    [ "$(id -u)" = 0 ] || return 0
    local user id version
    version=$("$bin/initdb" --version)
    for user in postgres nobody; do
        id=$(id -u "$user" 2>/dev/null) || continue
        for as_server in \
            "setpriv --reuid=$id --regid=$(id -g "$user") --clear-groups" \
            "setpriv --reuid=$id --regid=$(id -g "$user") --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override" \
            "unshare -U"; do
            read -r -a as_server <<<"$as_server"
            # One that may not pass the directories complains of an invalid binary.
            if [ "$("${as_server[@]}" "$bin/initdb" --version 2>&1)" = "$version" ]; then
                [ "${as_server[0]}" = unshare ] || owner=$user
                return 0
            fi
        done
    done
    die "root may not start PostgreSQL, and here it can become no other user (setpriv, unshare): run as an ordinary user"
}

server() { ${as_server[@]+"${as_server[@]}"} "$@"; }

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        port_in_use "$port" || break
    done
    echo "$port"
}

make_server() {
    # As in section 2 of the seed.
    local name=$1 port=$2 password=$3 dir=$work/$1 line
    shift 3
    mkdir "$dir"
    printf '%s\n' "$password" >"$work/password"
    chmod 644 "$work/password"
    [ -z "$owner" ] || chown "$owner" "$dir"
    # Where a person would type the password (-W).
    server "$bin/initdb" -D "$dir/data" -U postgres --pwfile="$work/password" -E UTF8 >"$work/$name.initdb" 2>&1 ||
        die "initdb failed: $(cat "$work/$name.initdb")"
    # shellcheck disable=SC2016
    server sh -c 'cat >>"$1/postgresql.conf"' sh "$dir/data" <<EOF
listen_addresses = 'localhost'
port = $port
unix_socket_directories = ''
$(for line in "$@"; do echo "$line"; done)
EOF
    # The lines of the seed in place of those of initdb, which trust everybody on this machine.
    # shellcheck disable=SC2016
    server sh -c 'cat >"$1/pg_hba.conf"' sh "$dir/data" <<EOF
host all all 127.0.0.1/32 md5
host all all ::1/128 md5
EOF
    server "$bin/pg_ctl" -D "$dir/data" -o "-p $port" -l "$dir/log" -w start >/dev/null ||
        die "$name did not start: $(cat "$dir/log")"
    started="$started $name"
}

clean_up() {
    local name
    for name in $started; do
        server "$bin/pg_ctl" -D "$work/$name/data" -m immediate -w stop >/dev/null 2>&1
    done
    rm -rf "$work"
}

# $@: further lines of postgresql.conf
make_servers() {
    find_binaries
    find_server_user
    work=$(mktemp -d "${TMPDIR:-/tmp}/ghidanh-walk.XXXXXX") || exit 1
    chmod 755 "$work"
    trap clean_up EXIT
    trap 'exit 130' INT TERM

    if [ -n "${PORTS:-}" ]; then
        read -r p5432 p5433 p5434 <<<"$PORTS"
    else
        p5432=$(free_port)
        p5433=$(free_port)
        p5434=$(free_port)
    fi
    [ "$p5432" != "$p5433" ] && [ "$p5433" != "$p5434" ] && [ "$p5432" != "$p5434" ] || die "three different ports are needed"

    make_server 5432 "$p5432" "$MASTER_PASSWORD" "$@"
    make_server 5433 "$p5433" "$SHARD_PASSWORD" "$@"
    make_server 5434 "$p5434" "$SHARD_PASSWORD" "$@"
}

# psql as the seed calls it.
psql_on() {
    local port=$1 password=$SHARD_PASSWORD
    shift
    [ "$port" = "$p5432" ] && password=$MASTER_PASSWORD
    PGPASSWORD=$password "$psql" -X -h localhost -p "$port" -U postgres "$@" </dev/null
}

master() { psql_on "$p5432" -d enrollment_db -At -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

on_shard() { psql_on "$1" -d enrollment_db -At -v ON_ERROR_STOP=1 -c "$2" 2>&1; }

run_scripts() {
    psql_on "$p5432" -f sql/script_5432.sql &&
        psql_on "$p5433" -f sql/script_5433.sql &&
        psql_on "$p5434" -f sql/script_5434.sql &&
        psql_on "$p5432" -v "port_5433=$p5433" -v "port_5434=$p5434" -f sql/mapping_method.sql
}
