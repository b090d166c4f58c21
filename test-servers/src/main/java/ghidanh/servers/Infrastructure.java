package ghidanh.servers;

import java.util.Map;

/** Makes servers, which are not started yet but have their address. */
interface Infrastructure {

    PostgresServer postgres(String password, Map<String, String> parameters);

    KafkaServer kafka();

    /** Returns the stack of this JVM, started, which ends with the JVM. */
    TestServers shared();
}
