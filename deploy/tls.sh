#!/usr/bin/env bash
# Shows the composed stack with TLS to PostgreSQL and Kafka, on certificates made here: a registration arrives, and no client
# of either speaks in the clear. A project of its own, ghidanh-tls; the images must be there (docker/smoke.sh makes them).
# Needs bash, curl, openssl and Docker, and root to give the keys to their readers.
set -euo pipefail
cd "$(dirname "$0")/.."

export COMPOSE_PROJECT_NAME=ghidanh-tls COMPOSE_FILE=docker-compose.yml:deploy/tls.yml
export GHIDANH_PAGE_PORTS=28080-28089 GHIDANH_PROMETHEUS_PORT=29090 GHIDANH_GRAFANA_PORT=23000
TLS=$(mktemp -d)
export TLS
trap 'docker compose down -v >/dev/null 2>&1; rm -rf "$TLS"' EXIT

fail() { docker compose logs --no-color --tail 30 kafka registration-service sync-consumer >&2; echo "FAIL  $*" >&2; exit 1; }

certificates() {
    local names=DNS:master,DNS:shard-5433,DNS:shard-5434,DNS:kafka
    mkdir "$TLS"/{ca,postgres,kafka}
    chmod 755 "$TLS"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ghidanh-test-ca -keyout "$TLS/ca.key" -out "$TLS/ca/ca.crt"
    openssl req -newkey rsa:2048 -nodes -subj /CN=ghidanh-test -keyout "$TLS/server.key" -out "$TLS/server.csr"
    openssl x509 -req -in "$TLS/server.csr" -CA "$TLS/ca/ca.crt" -CAkey "$TLS/ca.key" -CAcreateserial -days 2 \
        -extfile <(printf 'subjectAltName=%s' "$names") -out "$TLS/server.crt"
    cp "$TLS/ca/ca.crt" "$TLS/server.crt" "$TLS/postgres/"
    cp "$TLS/ca/ca.crt" "$TLS/kafka/"
    install -m 600 -o 999 "$TLS/server.key" "$TLS/postgres/server.key"
    cat "$TLS/server.key" "$TLS/server.crt" >"$TLS/kafka/server.pem"
    chown 1000 "$TLS/kafka/server.pem"
    chmod 400 "$TLS/kafka/server.pem"
}

# sql CONTAINER STATEMENT
sql() {
    docker compose exec -T "$1" sh -c \
        'PGPASSWORD=$(cat /run/secrets/password) psql -h 127.0.0.1 -U postgres -d enrollment_db -XqtA -c "$0"' "$2"
}

certificates 2>/dev/null
docker compose up --wait --wait-timeout 300 >"$TLS/up.log" 2>&1 || { tail -5 "$TLS/up.log" >&2; fail "the stack does not start"; }
echo "ok    up, every address with verify-full or SSL"

for shard in 5433 5434; do
    sql master "alter server fdw_$shard options (add sslmode 'verify-full', add sslrootcert '/tls/ca.crt')"
done
page=http://registrar:$(docker compose exec -T registration-service cat /run/secrets/ghidanh.access.accounts.registrar.password)@$(docker compose port registration-service 8080)
for shard in 5433 5434; do
    section=$(curl -fsS "$page/api/students/$shard/99/sections" | grep -o '{[^{}]*"refusal":null[^{}]*}' | sed -n '1s/.*"secNo":\([0-9]*\).*/\1/p')
    id=$(curl -fsS "$page/api/registrations" -H 'Content-Type: application/json' \
        -d "{\"shard\":\"$shard\",\"stno\":99,\"secNo\":$section}" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
    for _ in $(seq 24); do
        synced=$(curl -fsS "$page/api/registrations/$id" -H 'Prefer: wait=5' | grep -c SYNCED || true)
        [ "$synced" = 0 ] || break
    done
    [ "$synced" = 1 ] || fail "$id did not arrive"
    echo "ok    $id is on the master"
done

for server in master shard-5433 shard-5434; do
    # Our own session asks over 127.0.0.1.
    clear=$(sql "$server" "select string_agg(distinct a.application_name, ', ') from pg_stat_ssl s join pg_stat_activity a using (pid)
        where not s.ssl and a.backend_type = 'client backend' and a.client_addr <> '127.0.0.1'")
    [ -z "$clear" ] || fail "$server is spoken to in the clear by $clear"
    echo "ok    $server: encrypted are $(sql "$server" "select string_agg(distinct a.application_name || ' ' || s.version, ', ')
        from pg_stat_ssl s join pg_stat_activity a using (pid) where s.ssl and a.client_addr <> '127.0.0.1'")"
done
sql shard-5433 "select 1 / count(*) from pg_stat_activity where application_name = 'ghidanh-master'" >/dev/null \
    || fail "the master has no session on shard 5433"
if docker compose exec -T kafka timeout 20 /opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server kafka:9092 >/dev/null 2>&1
then
    fail "Kafka answers in the clear"
fi
echo "ok    Kafka does not answer in the clear"
