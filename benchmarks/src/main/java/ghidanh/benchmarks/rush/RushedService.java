package ghidanh.benchmarks.rush;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.ServiceProcess;
import ghidanh.embedded.ServiceSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An instance of the registration-service from its executable jar, in a JVM of its own. */
final class RushedService {

    private static final Path JAR = Path.of("registration-service/target/registration-service-0.1.0-SNAPSHOT-exec.jar");

    private RushedService() {}

    /**
     * Starts an instance and waits until it is ready.
     *
     * @param more arguments beside the addresses of the databases and Kafka
     */
    static ServiceProcess start(EmbeddedStack stack, Path directory, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.kafka.bootstrap-servers=" + stack.kafka().bootstrapServers(),
                "--ghidanh.master.url=" + stack.master().jdbcUrl(EmbeddedStack.DATABASE),
                "--ghidanh.master.username=" + stack.master().user(),
                "--ghidanh.master.password=" + stack.master().password()));
        stack.shards().forEach((name, shard) -> {
            String prefix = "--ghidanh.shards." + name;
            arguments.add(prefix + ".url=" + shard.jdbcUrl(EmbeddedStack.DATABASE));
            arguments.add(prefix + ".username=" + shard.user());
            arguments.add(prefix + ".password=" + shard.password());
        });
        arguments.addAll(List.of(more));
        var settings = ServiceSettings.ofJar(JAR, directory)
                .withJvmOptions("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch")
                .withArguments(arguments.toArray(String[]::new));
        return new ServiceProcess(settings).start();
    }
}
