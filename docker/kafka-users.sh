# Lets both services in to Kafka of the composed stack, with the passwords in /run/secrets and the rights of
# deploy/kafka-rights.txt. Over the listener that only this container and the broker's can reach.
set -euo pipefail
readonly LOCAL=127.0.0.1:9094
export KAFKA_BIN=/opt/kafka/bin LOG_DIR=/tmp

for user in registration-service sync-consumer; do
    "$KAFKA_BIN/kafka-configs.sh" --bootstrap-server "$LOCAL" --alter --entity-type users --entity-name "$user" \
        --add-config "SCRAM-SHA-512=[password=$(<"/run/secrets/$user")]"
done
exec bash /deploy/kafka-acls.sh "$LOCAL" 5433 5434
