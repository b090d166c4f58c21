# Makes the passwords of the composed stack in /secrets. One that is there stays, so running it again does no harm; each
# file belongs to the user of the container that reads it, and nobody else may.
set -euo pipefail
umask 077

readonly SERVICES=10001 # USER of docker/Dockerfile
readonly GRAFANA=472    # of its image
readonly KAFKA=1000     # of its image
readonly NOBODY=65534   # whom Prometheus and the load generator run as
cd /secrets

# put FILE OWNER < VALUE: complete or not there at all.
put() {
    mkdir -p -m 755 "${1%/*}"
    cat >"$1.new"
    chmod 400 "$1.new"
    chown "$2" "$1.new"
    mv "$1.new" "$1"
}

# password FILE OWNER
password() {
    [ -s "$1" ] && return
    od -An -N 24 -tx1 /dev/urandom | tr -d ' \n' | put "$1" "$2"
    echo "made $1"
}

# Spring's configtree reads a file as the property that it is named after.
give() { put "services/$2" "$SERVICES" <"$1"; }

password master/password postgres
password shard-5433/password postgres
password shard-5434/password postgres
password grafana/admin-password "$GRAFANA"
give master/password ghidanh.master.password
give shard-5433/password ghidanh.shards.5433.password
give shard-5434/password ghidanh.shards.5434.password
# Each service signs in to Kafka as itself.
for service in registration-service sync-consumer; do
    password "kafka/$service" "$KAFKA"
    printf 'org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";' \
        "$service" "$(<"kafka/$service")" | put "$service/spring.kafka.properties.sasl.jaas.config" "$SERVICES"
done
# Who signs in to the services; docker-compose.yml has their roles.
for who in student registrar operator metrics; do
    password "services/ghidanh.access.accounts.$who.password" "$SERVICES"
done
put prometheus/metrics "$NOBODY" <services/ghidanh.access.accounts.metrics.password
put load/registrar "$NOBODY" <services/ghidanh.access.accounts.registrar.password
# The services let these roles in, each for one kind of connection.
for role in app sync; do password "services/ghidanh.master.roles.$role" "$SERVICES"; done
for role in web relay observer fdw; do
    password "services/ghidanh.shards.5433.roles.$role" "$SERVICES"
    password "services/ghidanh.shards.5434.roles.$role" "$SERVICES"
done
