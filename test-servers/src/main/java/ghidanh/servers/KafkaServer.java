package ghidanh.servers;

/** A Kafka broker that a test may stop. Its address and topics stay until it is closed. */
public interface KafkaServer extends AutoCloseable {

    /** Starts the broker and waits until it serves requests. Does nothing if it runs already. */
    void start();

    /** Stops the broker. Does nothing if it does not run. */
    void stop();

    /** Returns what clients need as {@code bootstrap.servers}, also before the first start. */
    String bootstrapServers();

    /** Stops the broker and forgets its topics. */
    @Override
    void close();
}
