package ghidanh.servers;

import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.KafkaSettings;
import java.nio.file.Path;

/** A broker of the embedded module. */
final class EmbeddedKafka implements KafkaServer {

    private final Path directory;
    private final KafkaBroker broker;

    EmbeddedKafka(KafkaSettings settings) {
        this.directory = settings.directory();
        this.broker = new KafkaBroker(settings);
    }

    @Override
    public void start() {
        broker.start();
    }

    @Override
    public void stop() {
        broker.stop();
    }

    @Override
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
        EmbeddedInfrastructure.delete(directory);
    }

    @Override
    public String toString() {
        return broker.toString();
    }
}
