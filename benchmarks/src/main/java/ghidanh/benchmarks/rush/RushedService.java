package ghidanh.benchmarks.rush;

import ghidanh.benchmarks.Services;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;

/** An instance of the registration-service from its executable jar, in a JVM of its own. */
final class RushedService {

    private RushedService() {}

    /**
     * Starts an instance and waits until it is ready.
     *
     * @param more arguments beside the addresses of the databases and Kafka
     */
    static ServiceProcess start(EmbeddedStack stack, Path directory, String... more) throws IOException {
        return new ServiceProcess(Services.jar("registration-service", stack, directory)
                        .withJvmOptions("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch")
                        .withArguments(more))
                .start();
    }
}
