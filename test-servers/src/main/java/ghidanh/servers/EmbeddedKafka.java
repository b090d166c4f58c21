package ghidanh.servers;

import ghidanh.embedded.KafkaBroker;

/** A broker of the embedded module. */
final class EmbeddedKafka implements KafkaServer {

    private final KafkaBroker broker;
    private final Runnable forget;

    /** @param forget deletes the topics */
    EmbeddedKafka(KafkaBroker broker, Runnable forget) {
        this.broker = broker;
        this.forget = forget;
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
        forget.run();
    }

    @Override
    public String toString() {
        return broker.toString();
    }
}
