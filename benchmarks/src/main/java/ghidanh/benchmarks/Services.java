package ghidanh.benchmarks;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.servers.ServiceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The services as they are deployed, on the servers of a benchmark. */
public final class Services {

    private Services() {}

    /**
     * An executable jar of this build, told where the others are.
     *
     * @param name of the module
     * @param directory for its log
     * @throws IOException if it is not built
     */
    public static ServiceSettings jar(String name, EmbeddedStack stack, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(name, "target"))) {
            Path jar = files.filter(file -> file.toString().endsWith("-exec.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(name + " is not built"));
            return ServiceSettings.ofJar(jar, directory).withArguments(addresses(stack));
        }
    }

    /** Where databases and Kafka are, for either service. */
    public static String[] addresses(EmbeddedStack stack) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.kafka.bootstrap-servers=" + stack.kafka().bootstrapServers(),
                "--ghidanh.master.url=" + stack.master().jdbcUrl(EmbeddedStack.DATABASE),
                "--ghidanh.master.password=" + stack.master().password()));
        stack.shards().forEach((name, shard) -> {
            arguments.add("--ghidanh.shards." + name + ".url=" + shard.jdbcUrl(EmbeddedStack.DATABASE));
            arguments.add("--ghidanh.shards." + name + ".password=" + shard.password());
            arguments.add("--ghidanh.shards." + name + ".fdw-port=" + shard.port());
        });
        return arguments.toArray(String[]::new);
    }
}
