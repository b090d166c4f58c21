package ghidanh.benchmarks.rush;

import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** pgbench with 64 clients and one prepared statement per registration: the yardstick. */
final class Pgbench {

    private static final int CLIENTS = 64;
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+) \\(without initial connection time\\)");

    // The same pairs as the clients', so that none repeats: a client counts its own transactions in :n.
    private static final String SCRIPT = """
            \\set n :n + 1
            \\set place :n * %d + :client_id
            \\set stno %s
            \\set sec_no %s
            with seat as (
                update sections set enrolled = enrolled + 1
                 where sec_no = :sec_no and enrolled < capacity
                returning sec_no
            ), registered as (
                insert into registrations (stno, sec_no) select :stno, sec_no from seat returning reg_id
            )
            insert into outbox (entity, entity_id) select 'registration', reg_id from registered;
            """;

    private static final String SPREAD_STNO = ":place * 7919 % 100000 + 1";
    private static final String SPREAD_SEC_NO = "(:place / 100000 * 37 + :place) % 1000 + 1";
    private static final String HOT_STNO = ":place / 3 % 100000 + 1";
    private static final String HOT_SEC_NO = ":place % 3 + 1";

    private final Path program;
    private final PostgresCluster cluster;
    private final Path directory;

    private Pgbench(Path program, PostgresCluster cluster, Path directory) {
        this.program = program;
        this.cluster = cluster;
        this.directory = directory;
    }

    /** pgbench from the path, else the newest of Debian's; empty where there is none. */
    static Optional<Pgbench> find(PostgresCluster cluster, Path directory) throws IOException {
        Stream<Path> onPath =
                Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, "pgbench"));
        List<Path> debian = List.of();
        if (Files.isDirectory(DEBIAN)) {
            try (var versions = Files.list(DEBIAN)) {
                debian = versions.sorted((a, b) -> b.compareTo(a))
                        .map(version -> version.resolve("bin/pgbench"))
                        .toList();
            }
        }
        return Stream.concat(onPath, debian.stream())
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Pgbench(program, cluster, directory));
    }

    String version() throws IOException, InterruptedException {
        return run(List.of(program.toString(), "--version")).strip();
    }

    /** Registrations per second over all sections, on the tables without triggers. */
    double spread(Duration duration) throws IOException, InterruptedException {
        return rate(SCRIPT.formatted(CLIENTS, SPREAD_STNO, SPREAD_SEC_NO), duration);
    }

    /** The same on three sections. */
    double hot(Duration duration) throws IOException, InterruptedException {
        return rate(SCRIPT.formatted(CLIENTS, HOT_STNO, HOT_SEC_NO), duration);
    }

    private double rate(String script, Duration duration) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("pgbench.sql"), script);
        String output = run(List.of(
                program.toString(),
                "--host=" + cluster.host(),
                "--port=" + cluster.port(),
                "--username=" + cluster.user(),
                "--no-vacuum",
                "--protocol=prepared",
                "--client=" + CLIENTS,
                "--jobs=2",
                "--time=" + duration.toSeconds(),
                "--define=n=-1",
                "--file=" + file,
                EmbeddedStack.DATABASE));
        var found = RATE.matcher(output);
        if (!found.find() || !output.contains("number of failed transactions: 0 ")) {
            throw new IOException("pgbench says:\n" + output);
        }
        return Double.parseDouble(found.group(1));
    }

    private String run(List<String> words) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", cluster.password());
        builder.environment().put("PGOPTIONS", "-c search_path=" + LoadedShard.YARDSTICK + ",public");
        var process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", words) + " failed:\n" + output);
        }
        return output;
    }
}
