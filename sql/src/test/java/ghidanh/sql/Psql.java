package ghidanh.sql;

import ghidanh.servers.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The psql of this machine, which the embedded binaries do not have. */
final class Psql {

    record Result(boolean succeeded, String output) {}

    private Psql() {}

    static boolean isThere() throws InterruptedException {
        try {
            return run(List.of("psql", "--version"), "").succeeded();
        } catch (IOException e) {
            return false;
        }
    }

    /** As the seed calls it: without a database. */
    static Result run(PostgresServer cluster, List<String> options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "psql", "-X", "-h", cluster.host(), "-p", Integer.toString(cluster.port()), "-U", cluster.user()));
        words.addAll(options);
        return run(words, cluster.password());
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
