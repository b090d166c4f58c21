package ghidanh.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The psql of this machine, which the embedded binaries do not have. */
public final class Psql {

    /** How a call ended, and everything that it printed. */
    public record Result(boolean succeeded, String output) {}

    private Psql() {}

    public static boolean isThere() throws InterruptedException {
        try {
            return run(List.of("psql", "--version"), "").succeeded();
        } catch (IOException e) {
            return false;
        }
    }

    /** As the seed calls it: without a database. */
    public static Result run(PostgresServer server, List<String> options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of("psql", "-X", "-h", server.host(), "-p", Integer.toString(server.port()), "-U", server.user()));
        words.addAll(options);
        return run(words, server.password());
    }

    /** The options that tell {@code mapping_method.sql} where the master finds a shard. */
    public static List<String> address(String shard, PostgresServer server) {
        return List.of(
                "-v", "host_" + shard + "=" + server.fdwHost(),
                "-v", "port_" + shard + "=" + server.fdwPort(),
                "-v", "password_" + shard + "=" + server.password());
    }

    private static Result run(List<String> words, String password) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor() == 0, output);
    }
}
