package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghidanh.chaos.Inspection.Findings;
import ghidanh.chaos.RunningSystem.Machine;
import ghidanh.chaos.RunningSystem.Release;
import ghidanh.embedded.Trees;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.servers.ServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From an older release to this one and back, an instance at a time, under load: nothing is lost. */
@Tag("long")
class UpgradeIT {

    // Before actors and rules: three migrations ago. Release 0.1.0 is no way back, it refuses a newer schema.
    private static final String OLDER = "a423c6d";

    private static final String[] PACKAGE = {
        "-B",
        "-ntp",
        "-q",
        "package",
        "-pl",
        "registration-service,sync-consumer",
        "-am",
        "-Dmaven.test.skip",
        "-Dspotless.check.skip",
        "-Derror-prone.plugin=-g"
    };
    private static final String REPOSITORY = "maven.repo.local";

    private static final int HEAP_MEGABYTES = 256;
    private static final int PER_SECOND = 100;
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final long BETWEEN_MILLIS = 5_000;
    private static final long PAUSE_MILLIS = 200;

    private static final Path DIRECTORY =
            Path.of("target", "upgrade-" + ProcessHandle.current().pid()).toAbsolutePath();

    private static final String SCHEMA = """
            select (select max(release) from schema_release),
                   (select md5(string_agg(pg_get_functiondef(p.oid), '' order by p.oid::regprocedure::text))
                      from pg_proc p
                     where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'),
                   (select count(*) from flyway_schema_history)
            """;

    /** What a database has: a release that was applied again, or an older one, changes the digest or the number of files run. */
    private record Schema(int release, String functions, long filesRun) {}

    @Test
    void an_upgrade_and_the_way_back_lose_nothing_under_load() throws Exception {
        Path sources = DIRECTORY.resolve("older");
        checkOut(sources);
        var repository = System.getProperty(REPOSITORY);
        Shell.run(
                sources,
                Stream.of(
                                Stream.of(sources.resolve("mvnw").toString()),
                                Stream.of(PACKAGE),
                                repository == null
                                        ? Stream.<String>of()
                                        : Stream.of("-D" + REPOSITORY + "=" + repository))
                        .flatMap(words -> words)
                        .toArray(String[]::new));
        upgradeAndGoBack((application, directory) -> ServiceSettings.ofJar(jar(sources, application), directory));
        Trees.delete(DIRECTORY);
    }

    private static void checkOut(Path sources) throws IOException {
        String root = Path.of("..").toAbsolutePath().normalize().toString();
        assumeTrue(
                Shell.succeeds("git", "-C", root, "cat-file", "-e", OLDER + "^{commit}"),
                "a clone with the commit " + OLDER);
        Files.createDirectories(sources);
        String archive = DIRECTORY.resolve("older.tar").toString();
        Shell.run("git", "-C", root, "archive", "--output", archive, OLDER);
        Shell.run(sources, "tar", "-x", "-f", archive);
    }

    private static Path jar(Path sources, Class<?> application) {
        String module = application == RegistrationServiceApplication.class ? "registration-service" : "sync-consumer";
        try (var jars = Files.newDirectoryStream(sources.resolve(module).resolve("target"), "*-exec.jar")) {
            return jars.iterator().next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void upgradeAndGoBack(Release older) throws Exception {
        try (var system = new RunningSystem(DIRECTORY.resolve("system"), HEAP_MEGABYTES, Machine.UNTOUCHED, older)) {
            var history = new History();
            var ledger = new Ledger(history);
            var inspection = new Inspection(system, ledger, history, new KafkaTopics(system, history));
            var load = new Load(system, SampleRows.make(system), ledger, 1, PER_SECOND);
            Map<String, Schema> before = schemas(system);
            Map<String, Schema> upgraded;
            try (var watch = new Watch(system, ledger, history)) {
                load.begin(1);
                try {
                    replaceAll(system, ServiceSettings::of, ledger);
                    upgraded = schemas(system);
                    replaceAll(system, older, ledger);
                } finally {
                    load.end();
                }
                List<String> violations = settle(inspection);
                watch.close();
                violations.addAll(watch.violations());
                assertThat(violations).isEmpty();
                assertThat(watch.rows())
                        .hasSize(4 * Targets.SHARDS.size())
                        .allSatisfy((what, rows) -> assertThat(rows).as(what).isPositive());
            }
            before.forEach((database, schema) -> assertThat(upgraded)
                    .hasEntrySatisfying(
                            database, newer -> assertThat(newer.release()).isGreaterThan(schema.release())));
            assertThat(schemas(system))
                    .as("what the older release found and left")
                    .isEqualTo(upgraded);
            // Sent while the instance closed the connection: HTTP/1.1 has no way to forbid it.
            assertThat(ledger.unanswered)
                    .as("requests without an answer")
                    .allMatch(request -> request.contains("received no bytes") || request.contains("Connection reset"))
                    .hasSizeLessThanOrEqualTo(PER_SECOND);
            assertThat(ledger.created.sum()).isGreaterThan(1_000);
        }
    }

    private static void replaceAll(RunningSystem system, Release release, Ledger ledger) throws InterruptedException {
        for (String service : Targets.services()) {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
            system.replace(service, release);
            System.out.printf(
                    Locale.ROOT,
                    "UpgradeIT: %s replaced; %d answers 201, %d times 503, %d without an answer, %d not sent%n",
                    service,
                    ledger.created.sum(),
                    ledger.unknown.sum() - ledger.unanswered.size(),
                    ledger.unanswered.size(),
                    ledger.refused.sum());
        }
        TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
    }

    private static Map<String, Schema> schemas(RunningSystem system) throws SQLException {
        Map<String, Schema> schemas = new HashMap<>();
        for (String database : Targets.databases()) {
            try (var connection = system.connect(database);
                    var statement = connection.createStatement();
                    var row = statement.executeQuery(SCHEMA)) {
                row.next();
                schemas.put(database, new Schema(row.getInt(1), row.getString(2), row.getLong(3)));
            }
        }
        return schemas;
    }

    private static List<String> settle(Inspection inspection) throws Exception {
        long begin = System.nanoTime();
        Findings findings = inspection.inspect();
        while ((!findings.agree() || !inspection.waiting().isOver()) && System.nanoTime() - begin < GRACE.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            findings = inspection.inspect();
        }
        List<String> violations = new ArrayList<>(findings.violations());
        if (!inspection.waiting().isOver()) {
            violations.add(inspection.waiting().toString());
        }
        violations.addAll(inspection.eventsMissing());
        return violations;
    }
}
