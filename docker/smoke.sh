#!/usr/bin/env bash
# Shows that the composed stack does what the README says: `docker/smoke.sh`, about five minutes. It is a project of its own,
# ghidanh-smoke, on ports of its own, so a stack that runs beside it and its data are left alone. GHIDANH_JARS=prebuilt takes
# the jars of `./mvnw package`; SMOKE_KEEP=1 leaves the stack running at the end. Needs bash, curl and Docker.
set -euo pipefail
cd "$(dirname "$0")/.."

export COMPOSE_PROJECT_NAME=ghidanh-smoke
export GHIDANH_BIND=127.0.0.1 GHIDANH_PAGE_PORTS=18080-18089 GHIDANH_PROMETHEUS_PORT=19090 GHIDANH_GRAFANA_PORT=13000
readonly PROMETHEUS=http://127.0.0.1:19090 GRAFANA=http://127.0.0.1:13000
readonly WORK=$(mktemp -d)
PAGE='' # of the instance that is talked to
student=100

# ---------------------------------------------------------------- telling

pass() { printf 'ok    %3ds  %s\n' "$SECONDS" "$*"; }

# fail TEXT: with what the containers had to say, and the end.
fail() {
    {
        docker compose ps -a --format 'table {{.Name}}\t{{.Status}}'
        docker compose logs --no-color --no-log-prefix --tail 20 master shard-5433 shard-5434
        docker compose logs --no-color --tail 100 kafka registration-service sync-consumer grafana | grep -v -e ' INFO ' -e '"level":"INFO"'
    } >&2 || true
    printf 'FAIL  %3ds  %s\n' "$SECONDS" "$*" >&2
    exit 1
}

end() {
    [ -n "${SMOKE_KEEP-}" ] || docker compose down -v --timeout 5 >/dev/null 2>&1 || true
    rm -rf "$WORK"
}

# within SECONDS COMMAND...: repeats it until it succeeds.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.5
    done
}

# ---------------------------------------------------------------- asking

compose() { docker compose "$@" >"$WORK/compose.log" 2>&1 || { tail -30 "$WORK/compose.log" >&2; fail "docker compose $*"; }; }

# talk_to INSTANCE: of the registration-service.
talk_to() { PAGE=http://registrar:$(password_of registrar)@$(docker compose port --index "$1" registration-service 8080); }

# password_of ACCOUNT
password_of() { docker compose exec -T sync-consumer cat "/run/secrets/ghidanh.access.accounts.$1.password"; }

# operate PATH [CURL OPTION...]: as the operator, who is inside.
operate() {
    local path=$1
    shift
    docker compose exec -T sync-consumer curl -fsS --max-time 60 -u "operator:$(password_of operator)" \
        "http://127.0.0.1:8081$path" "$@"
}

get() { curl -fsS --max-time 15 "$@" 2>/dev/null; }

# text FIELD < JSON: the first value, which must be a text.
text() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# choose SHARD: a student and one of the sections open to him, in $body.
choose() {
    local open
    # One who has no section yet, so that none clashes.
    student=$(sql "shard-$1" "select min(stno) from students s
        where stno > $student and not exists (select from registrations r where r.stno = s.stno)") || return 1
    open=$(get "$PAGE/api/students/$1/$student/sections" | grep -o '{[^{}]*"refusal":null[^{}]*}' | sed -n '1s/.*"secNo":\([0-9]*\).*/\1/p') || return 1
    body="{\"shard\":\"$1\",\"stno\":$student,\"secNo\":$open}"
}

# post: sends $body; the answer in $answer, its status in $status.
post() {
    answer=$(curl -sS --max-time 20 -D "$WORK/headers" -w '\n%{http_code}' "$PAGE/api/registrations" \
        -H 'Content-Type: application/json' -d "$body" 2>/dev/null) || answer=$'\n000'
    status=${answer##*$'\n'}
}

# 200: an attempt that was told 503 did commit.
posted() {
    post
    [ "$status" = 201 ] || [ "$status" = 200 ]
}

# register SHARD [SECONDS]: its id in $id. Answers of 503 are repeated, as a client should, for so long.
register() {
    within "${2:-5}" choose "$1" || fail "no section is open to student $student of shard $1"
    within "${2:-5}" posted || fail "registering $body answered $status: $answer"
    id=$(text id <<<"$answer")
}

is_synced() { get "$PAGE/api/registrations/$1" -H 'Prefer: wait=5' | grep -q '"syncStatus":"SYNCED"'; }

# await SECONDS ID...
await() {
    local seconds=$1
    shift
    for registration in "$@"; do
        within "$seconds" is_synced "$registration" || fail "$registration is not on the master after $seconds s"
    done
}

# sql CONTAINER STATEMENT: over TCP, with the password, as any client.
sql() {
    docker compose exec -T "$1" sh -c \
        'PGPASSWORD=$(cat /run/secrets/password) psql -h 127.0.0.1 -U postgres -d enrollment_db -XqtA -c "$0"' "$2"
}

# query PROMQL: the value, nothing if there is none.
query() { get "$PROMETHEUS/api/v1/query" --data-urlencode "query=$1" -G | sed -n 's/.*"value":\[[^,]*,"\([^"]*\)"\].*/\1/p'; }

# measures PROMQL: true if it has a value other than 0.
measures() {
    local value
    value=$(query "$1")
    [ -n "$value" ] && [ "$value" != 0 ]
}

# The rows of each shard are on the master, and no outbox row waits.
nothing_is_missing() {
    local shard
    for shard in 5433 5434; do
        [ "$(sql "shard-$shard" 'select count(*) || $$ $$ || (select count(*) from outbox) from registrations')" \
            = "$(sql master "select count(*) || ' 0' from registrations where shard_name = '$shard'")" ] || return 1
    done
}

# ---------------------------------------------------------------- checks

starts() {
    compose up --build --wait --wait-timeout 300
    talk_to 1
    get "$PAGE/" >"$WORK/page" && grep -qi '<!doctype html>' "$WORK/page" || fail "there is no page at $PAGE/"
    pass "up --build --wait: three PostgreSQL, Kafka, both services, Prometheus and Grafana are healthy"
}

keeps_to_itself() {
    local container user published
    published=$(docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format '{{.Ports}}' \
        | tr ',' '\n' | grep -e '->' || true)
    [ "$(wc -l <<<"$published")" = 3 ] && ! grep -qv '127\.0\.0\.1:' <<<"$published" \
        || fail "published should be page, Grafana and Prometheus, on loopback: $published"
    for container in $(docker compose ps -q); do
        user=$(docker exec "$container" id -u)
        [ "$user" != 0 ] || fail "container $container runs as root"
    done
    if docker compose exec -T -e PGPASSWORD=12 master psql -h 127.0.0.1 -U postgres -d postgres -c '' \
        2>/dev/null || docker compose exec -T master psql -w -U postgres -d postgres -c '' 2>/dev/null; then
        fail "the master lets people in with the demo's password, or with none"
    fi
    if docker compose exec -T kafka timeout 20 /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:9092 --list >/dev/null 2>&1
    then
        fail "Kafka answers a client that did not sign in"
    fi
    [ "$(docker network inspect -f '{{.Internal}}' "${COMPOSE_PROJECT_NAME}_data")" = true ] || fail "the network data is not internal"
    for container in $(docker compose ps -q master shard-5433 shard-5434 kafka); do
        [ "$(docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' "$container")" \
            = "${COMPOSE_PROJECT_NAME}_data " ] || fail "container $container is not on the network data alone"
    done
    [ "$(curl -s -o /dev/null -w '%{http_code}' "${PAGE/registrar*@/}/api/registrations")" = 401 ] \
        || fail "a stranger sees registrations"
    pass "three ports on loopback, no process is root, databases and Kafka ask for passwords, on a network of their own," \
        "strangers see nothing"
}

registers() {
    local on_5433
    get "$PAGE/api/students" -G --data-urlencode 'q=nguyen duc' -d limit=1 | grep -q '"name":"Nguyễn Đức' \
        || fail "\"nguyen duc\" does not find a student of the sample"
    register 5433
    on_5433=$id
    register 5434
    await 60 "$on_5433" "$id"
    within 60 nothing_is_missing || fail "rows of the shards are not on the master"
    pass "registered on both shards, sample and new rows are on the master"
}

is_measured() {
    within 30 measures 'min(up) == 1 and count(up) == 2' || fail "targets are not up: $(get "$PROMETHEUS/api/v1/targets")"
    within 30 measures 'sum(registration_sync_lag_seconds_count)' || fail "Prometheus has no sample of the lag"
    get "$PROMETHEUS/api/v1/rules" >"$WORK/rules"
    grep -q '"type":"alerting"' "$WORK/rules" || fail "Prometheus has no rules"
    ! grep -o '"lastError":"[^"]*"' "$WORK/rules" | grep -v '""' || fail "a rule cannot be evaluated"
    pass "Prometheus: both services are scraped, $(query 'sum(registration_sync_lag_seconds_count)') lag samples," \
        "$(grep -o '"type":"[a-z]*ing"' "$WORK/rules" | wc -l) rules without an error"
}

is_drawn() {
    local admin files found panel queries=0
    admin=admin:$(docker compose exec -T grafana cat /run/secrets/admin-password)
    within 30 get "$GRAFANA/api/health" >/dev/null || fail "Grafana does not answer"
    files=$(ls grafana/dashboards/*.json | wc -l)
    # Grafana reads them a moment after it answers.
    all_found() { found=$(get -u "$admin" "$GRAFANA/api/search?type=dash-db" | grep -o 'dash-db' | wc -l); [ "$found" = "$files" ]; }
    within 30 all_found || fail "Grafana has $found of $files dashboards"
    get -u "$admin" "$GRAFANA/api/datasources/uid/prometheus/health" | grep -q '"OK"' \
        || fail "Grafana's data source does not answer"
    # Each panel's query, with what Grafana puts in place of its variables.
    while read -r panel; do
        get "$PROMETHEUS/api/v1/query" -G --data-urlencode "query=$panel" >"$WORK/panel" || fail "a panel's query fails: $panel"
        queries=$((queries + 1))
    done < <(grep -ohE '"expr": "([^"\\]|\\.)*"' grafana/dashboards/*.json \
        | sed 's/^"expr": "//; s/"$//; s/\\"/"/g; s/\$__rate_interval/5m/g; s/\$shard/.*/g')
    [ "$queries" -gt 0 ] || fail "the dashboards have no queries"
    pass "Grafana: $files dashboards, its data source answers, $queries queries of panels run"
}

outlives_kafka() {
    local by_hand through_kafka
    compose stop kafka
    register 5433
    by_hand=$id
    operate /api/sync -X POST >"$WORK/by-hand" \
        || fail "POST /api/sync failed"
    await 5 "$by_hand"
    register 5434
    through_kafka=$id
    compose start kafka
    await 90 "$through_kafka"
    # The sweeper may have brought it before Kafka was up.
    within 90 nothing_is_missing || fail "after Kafka's outage something is missing on the master"
    pass "Kafka stopped: registered, synced by hand ($(cat "$WORK/by-hand")); started again: the rest followed"
}

outlives_a_shard() {
    register 5433 && choose 5433 # What was chosen while it could be asked is sent while it cannot.
    local waiting=$body
    compose stop shard-5433
    register 5434
    local beside=$id
    body=$waiting
    post
    [ "$status" = 503 ] && grep -qi '^retry-after:' "$WORK/headers" \
        || fail "a student of a dead shard should be told 503 and Retry-After, not $status: $answer"
    await 30 "$beside"
    compose start shard-5433
    within 60 posted || fail "registering after the shard came back answered $status: $answer"
    await 60 "$(text id <<<"$answer")"
    pass "a shard stopped: 503 for its students, the other went on; started again: the same request is registered and synced"
}

replays() {
    local lost
    lost=$(sql master "with gone as (delete from registrations where shard_name = '5433' returning 1) select count(*) from gone")
    operate /api/replays -H 'Content-Type: application/json' \
        -d '{"shard":"all","from":"earliest","dryRun":false,"reason":"smoke.sh"}' >"$WORK/replay" \
        || fail "POST /api/replays failed"
    within 60 nothing_is_missing || fail "the replay did not bring the $lost rows back: $(cat "$WORK/replay")"
    pass "$lost rows deleted on the master, brought back by a replay of the topics"
}

scales() {
    local before on_5433
    compose up -d --wait --wait-timeout 180 --no-build --scale registration-service=2 --scale sync-consumer=2
    within 40 measures 'count(up) == 4 and min(up) == 1' || fail "Prometheus does not see two of each"
    talk_to 2
    register 5433
    await 60 "$id"
    # The first are the older ones: they hold the relays and were alone with the partitions.
    docker kill "$COMPOSE_PROJECT_NAME-registration-service-1" "$COMPOSE_PROJECT_NAME-sync-consumer-1" >/dev/null
    before=$SECONDS
    register 5433 30
    on_5433=$id
    register 5434 30
    await 90 "$on_5433" "$id"
    pass "two of each; one of each killed: the others had both shards' registrations synced after $((SECONDS - before)) s"
}

keeps_its_data() {
    local before
    register 5434
    await 60 "$id"
    before=$(sql master 'select count(*) from registrations')
    compose down
    [ -z "$(docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ] || fail "down left containers"
    compose up --wait --wait-timeout 300 --no-build
    talk_to 1
    [ "$(sql master 'select count(*) from registrations')" = "$before" ] || fail "the master had $before rows and lost some"
    is_synced "$id" || fail "$id is gone"
    measures 'count(count_over_time(up[10m])) > 2' || fail "Prometheus forgot what it measured"
    register 5433 20
    await 60 "$id"
    within 30 nothing_is_missing || fail "after down and up something is missing on the master"
    pass "down and up: $before rows on the master before and after, and it goes on"
}

ends_on_sigterm() {
    local container status begin=$SECONDS
    compose stop registration-service sync-consumer
    for container in $(docker compose ps -aq registration-service sync-consumer); do
        status=$(docker inspect --format '{{.State.ExitCode}}' "$container")
        # 137 would be a kill after the grace period.
        [ "$status" = 143 ] || fail "SIGTERM should end container $container with 143, not $status"
    done
    pass "SIGTERM: both services ended themselves within $((SECONDS - begin)) s"
}

leaves_nothing() {
    [ -z "${SMOKE_KEEP-}" ] || return 0
    compose down -v
    [ -z "$(docker volume ls -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ] || fail "volumes are left"
    pass "down -v: no container and no volume is left"
}

docker compose version --short >/dev/null || { echo 'docker compose does not run here' >&2; exit 1; }
trap end EXIT
docker compose down -v --timeout 5 >/dev/null 2>&1 || true # of a run that was killed
starts
keeps_to_itself
registers
is_measured
is_drawn
outlives_kafka
outlives_a_shard
replays
scales
keeps_its_data
ends_on_sigterm
leaves_nothing
echo "passed in $SECONDS s"
