package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * Bugs to be planted: each is a change of one file of the sources. A Java file is compiled into a directory that comes first on
 * the services' class path, the SQL of a function is run on the databases that have it.
 */
enum Bug {
    MARK_BEFORE_COMMIT("marked on shard", "sql/master/R__sync_registrations_remapped.sql", """
                return query
                select i.i, 'inserted' from unnest(inserted) as i
            """, """
                execute format('select public.%I($1, $2, $3, now())', 'mark_registrations_' || from_shard)
                  using array(select p.reg_id from unnest(pulled) p), array(select p.version from unnest(pulled) p),
                        array(select p.created_at from unnest(pulled) p);
                return query
                select i.i, 'inserted' from unnest(inserted) as i
            """),
    DELETE_BEFORE_ACKNOWLEDGEMENT(
            "has no event",
            "registration-service/src/main/java/ghidanh/registration/outbox/OutboxRelay.java",
            "        awaitAnswers(publication);\n",
            """
                    session.delete(batch.rows().stream().mapToLong(OutboxRow::id).toArray());
                    awaitAnswers(publication);
            """),
    OFFSET_BEFORE_COMMIT(
            "is before the offset", "sync-consumer/src/main/java/ghidanh/sync/remap/ShardSyncFactory.java", """
                    properties.setMessageListener(listener);
                    properties.setAckMode(ContainerProperties.AckMode.MANUAL);
            """, """
                    org.springframework.kafka.listener.BatchAcknowledgingMessageListener<byte[], byte[]> hasty =
                            (records, offsets) -> {
                                offsets.acknowledge();
                                listener.onMessage(records, offsets);
                            };
                    properties.setMessageListener(hasty);
                    properties.setAckMode(ContainerProperties.AckMode.MANUAL_IMMEDIATE);
            """),
    NO_FENCE(
            "two relays lead",
            "registration-service/src/main/java/ghidanh/registration/outbox/RelaySession.java",
            "select pg_try_advisory_lock(:lock)",
            "select :lock is not null"),
    OLDER_OVER_NEWER(
            "nothing is named as lost",
            "sql/master/R__sync_registrations_remapped.sql",
            "                   and r.version < p.version\n                   for no key update) r\n",
            "                   and r.version <> p.version\n                   for no key update) r\n"),
    IDENTITY_CHECK_OFF(
            "nor named as lost",
            "sync-consumer/src/main/java/ghidanh/sync/drift/IdentityWatch.java",
            "                    check(was, is);\n",
            "                    LOG.debug(\"{} {}\", was, is);\n"),
    SEQUENCE_NOT_RAISED(
            "and to another one",
            "sql/shard/R__keep_incarnation.sql",
            "    perform setval('public.registrations_reg_id_seq', greatest(number, s.last_value + 1)) from public.registrations_reg_id_seq s;\n",
            ""),
    SWEEPER_WITHOUT_STUDENTS(
            "students of shard",
            "sync-consumer/src/main/java/ghidanh/sync/sweep/Sweepers.java",
            "Stream.of(Entity.STUDENT, Entity.SECTION)",
            "Stream.of(Entity.SECTION)"),
    SEATS_NOT_REPAIRED(
            "wrong count of seats",
            "sql/master/R__seats.sql",
            "set enrolled = $1 where sec_no = $2",
            "set enrolled = $1 where sec_no = $2 and false"),
    RESUME_FORGOTTEN(
            "Waiting",
            "sync-consumer/src/main/java/ghidanh/sync/remap/EndPauseOnAssignment.java",
            "        consumer.resume(consumer.paused());\n",
            "        consumer.paused();\n");

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final String sign;
    private final String file;
    private final String right;
    private final String wrong;

    /**
     * @param sign what a violation says that tells of it
     * @param file of the sources
     */
    Bug(String sign, String file, String right, String wrong) {
        this.sign = sign;
        this.file = file;
        this.right = right;
        this.wrong = wrong;
    }

    String sign() {
        return sign;
    }

    /** Makes classes with it, to be put before the services' own; none where it is in SQL. */
    void compile(Path classes) throws IOException {
        if (!file.endsWith(".java")) {
            return;
        }
        Files.createDirectories(classes);
        Path source = classes.resolve(ROOT.resolve(file).getFileName().toString());
        Files.writeString(source, source());
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        List.of(
                                        "-proc:none",
                                        "-parameters",
                                        "-nowarn",
                                        "-classpath",
                                        System.getProperty("java.class.path"),
                                        "-d",
                                        classes.toString(),
                                        source.toString())
                                .toArray(String[]::new));
        assertThat(failed).as("compiling %s", this).isZero();
    }

    /** Puts it into the databases, where it is in SQL. */
    void plant(RunningSystem system) throws IOException, SQLException {
        if (file.endsWith(".sql")) {
            for (String database : Targets.databases()) {
                if (database.equals(Targets.MASTER) == file.contains("/master/")) {
                    try (var connection = system.connect(database);
                            var statement = connection.createStatement()) {
                        statement.execute(source());
                    }
                }
            }
        }
    }

    private String source() throws IOException {
        String source = Files.readString(ROOT.resolve(file));
        assertThat(source).as("what %s changes", this).containsOnlyOnce(right);
        return source.replace(right, wrong);
    }
}
