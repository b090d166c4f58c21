#!/usr/bin/env bash
# Gives both services their rights in Kafka, those of kafka-rights.txt; running it again changes nothing:
#   KAFKA_BIN=/opt/kafka/bin KAFKA_ADMIN=admin.properties deploy/kafka-acls.sh BOOTSTRAP_SERVER SHARD...
# KAFKA_ADMIN names the settings of an administrator's client, where he has to sign in. The broker needs
# authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer.
set -euo pipefail

admin=(--bootstrap-server "${1:?the address of a broker}")
shift
[ -z "${KAFKA_ADMIN-}" ] || admin+=(--command-config "$KAFKA_ADMIN")

while read -r principal kind name operations; do
    words=()
    for operation in $operations; do words+=(--operation "$operation"); done
    for shard in "${@:?the names of the shards}"; do words+=("--$kind" "${name/SHARD/$shard}"); done
    "${KAFKA_BIN:+$KAFKA_BIN/}kafka-acls.sh" "${admin[@]}" --add --allow-principal "User:$principal" "${words[@]}" </dev/null
done < <(grep -v '^#' "$(dirname "$0")/kafka-rights.txt")
