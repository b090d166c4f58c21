package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.Psql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationIT {

    private static final String DATABASE = "enrollment_db"; // which the scripts name

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void flyway_finds_nothing_to_do_the_second_time(String kind) {
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);

        assertThat(Servers.migrate(cluster, DATABASE, kind)).isPositive();
        assertThat(Servers.migrate(cluster, DATABASE, kind)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void instances_that_start_together_take_turns(String kind) throws Exception {
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);
        Callable<Integer> instance = () -> Servers.migrate(cluster, DATABASE, kind);
        var threads = Executors.newFixedThreadPool(4);

        int executed = 0;
        for (Future<Integer> migrated : threads.invokeAll(Collections.nCopies(4, instance))) {
            executed += migrated.get();
        }
        threads.shutdown();

        // What is said before and after each migration is none.
        assertThat(executed)
                .isEqualTo(migrations(kind).stream()
                        .filter(file -> !file.getFileName().toString().contains("Migrate__"))
                        .count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void a_database_made_by_hand_is_migrated_without_harm(String kind) throws Exception {
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);
        runFiles(cluster, kind);
        runFiles(cluster, kind);

        Servers.migrate(cluster, DATABASE, kind);

        assertThat(Servers.migrate(cluster, DATABASE, kind)).isZero();
        runFiles(cluster, kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void every_statement_can_run_again(String kind) throws Exception {
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);
        Servers.migrate(cluster, DATABASE, kind);
        List<String> once = schema(cluster);

        runFiles(cluster, kind);

        assertThat(schema(cluster)).isEqualTo(once);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void the_scripts_run_twice_and_give_what_flyway_gives(String kind) throws Exception {
        assumePsql();
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);
        Servers.migrate(cluster, DATABASE, kind);
        List<String> fromFlyway = schema(cluster);

        dropDatabase(cluster);
        runScripts(kind);
        assertThat(schema(cluster)).containsAll(fromFlyway);
        List<String> once = schema(cluster);
        String said = runScripts(kind);
        assertThat(schema(cluster)).isEqualTo(once);
        assertThat(said).contains(kind.equals("shard") ? "nothing loaded" : "unchanged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void a_service_starts_on_what_the_scripts_made_and_the_scripts_run_on_what_a_service_made(String kind)
            throws Exception {
        assumePsql();
        PostgresServer cluster = cluster(kind);
        dropDatabase(cluster);
        runScripts(kind);
        List<String> fromScripts = schema(cluster);

        Servers.migrate(cluster, DATABASE, kind);
        assertThat(schema(cluster)).isEqualTo(fromScripts);
        assertThat(Servers.migrate(cluster, DATABASE, kind)).isZero();

        Servers.createEmptyDatabase(cluster, DATABASE);
        Servers.migrate(cluster, DATABASE, kind);
        runScripts(kind);
        assertThat(schema(cluster)).isEqualTo(fromScripts);
        assertThat(Servers.migrate(cluster, DATABASE, kind)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void what_a_newer_release_has_made_stays_and_is_no_error(String kind) {
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);
        Servers.migrate(cluster, DATABASE, kind);
        try (Session newer = Session.on(cluster, DATABASE)) {
            newer.execute("""
                    insert into flyway_schema_history
                           (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                    values (1000, '999', 'later', 'SQL', 'V999__later.sql', 1, 'postgres', 1, true)
                    """);
            newer.execute("update flyway_schema_history set checksum = 1 where version is null");
            newer.execute("insert into schema_release (release) values (?)", Migrations.RELEASE + 1);

            assertThat(Servers.migrate(cluster, DATABASE, kind)).isZero();

            newer.execute("delete from schema_release where release > ?", Migrations.RELEASE);
            assertThat(Servers.migrate(cluster, DATABASE, kind))
                    .as("functions of this release, and a later version is no reason to refuse")
                    .isPositive();
        }
    }

    @Test
    void a_table_that_somebody_holds_is_waited_for_two_seconds() throws Exception {
        PostgresServer cluster = Servers.shard("5433");
        Servers.createEmptyDatabase(cluster, DATABASE);
        Servers.migrate(cluster, DATABASE, "shard");
        try (Session holder = Session.on(cluster, DATABASE)) {
            holder.execute("update flyway_schema_history set checksum = 1 where description = 'keep rows'");
            holder.begin().execute("lock table registrations in row exclusive mode");
            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> Migrations.SHARD.migrate(cluster.dataSource(DATABASE)))
                    .withStackTraceContaining("lock timeout");
            holder.rollback();
            assertThat(Servers.migrate(cluster, DATABASE, "shard")).isEqualTo(1);
        }
    }

    @Test
    void a_function_that_went_since_is_no_error(@TempDir Path former) throws Exception {
        PostgresServer cluster = Servers.master();
        Servers.createEmptyDatabase(cluster, DATABASE);
        Files.writeString(former.resolve("R__preview_sync.sql"), """
                        create function preview_sync(text, text, bigint[]) returns integer language sql as 'select 1';
                        """);
        Migrations.flyway(cluster.dataSource(DATABASE), "filesystem:" + former).migrate();
        assertThat(schema(cluster)).anyMatch(line -> line.contains("preview_sync"));

        Servers.migrate(cluster, DATABASE, "master");
        assertThat(schema(cluster)).noneMatch(line -> line.contains("preview_sync"));
    }

    @Test
    void without_the_tables_mapping_method_says_what_to_run_first() throws Exception {
        assumePsql();
        dropDatabase(Servers.master());

        assertThat(psql(Servers.master(), false, "mapping_method.sql")).contains("Run script_5432.sql first");

        runScripts("master");
        try (Session session = Session.on(Servers.master(), DATABASE)) {
            session.execute("update schema_release set release = release - 1");
        }
        assertThat(psql(Servers.master(), false, "mapping_method.sql")).contains("Run script_5432.sql first");
        assertThat(runScripts("master")).contains("Functions of the master are in database");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void a_second_run_of_the_scripts_builds_no_index(String kind) throws Exception {
        assumePsql();
        PostgresServer cluster = cluster(kind);
        dropDatabase(cluster);
        runScripts(kind);
        try (Session session = Session.on(cluster, DATABASE)) {
            session.execute("create table built (what text)");
            session.execute("""
                    create function note_built() returns event_trigger language plpgsql as $$
                    begin
                        insert into public.built
                        select c.object_identity from pg_event_trigger_ddl_commands() c where c.object_type = 'index';
                    end $$
                    """);
            session.execute("create event trigger note_built on ddl_command_end execute function note_built()");

            runScripts(kind);

            assertThat(session.rows("select what from built")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard", "master"})
    void the_scripts_of_an_older_release_say_so_and_change_nothing(String kind) throws Exception {
        assumePsql();
        PostgresServer cluster = cluster(kind);
        Servers.createEmptyDatabase(cluster, DATABASE);
        Servers.migrate(cluster, DATABASE, kind);
        try (Session newer = Session.on(cluster, DATABASE)) {
            newer.execute("insert into schema_release (release) values (?)", Migrations.RELEASE + 1);
            newer.execute("drop function database_place() cascade");
        }
        List<String> before = schema(cluster);

        List<String> scripts = kind.equals("shard")
                ? List.of("script_5433.sql", "script_5434.sql")
                : List.of("script_5432.sql", "mapping_method.sql");
        for (String script : scripts) {
            assertThat(psql(cluster, false, script).lines().filter(line -> line.contains("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("these files are of release " + Migrations.RELEASE + ", the tables are of release "
                            + (Migrations.RELEASE + 1) + ": nothing was changed");
        }

        assertThat(schema(cluster)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "SQL_ASCII"})
    void a_database_of_another_encoding_is_refused_in_a_sentence(String encoding) throws Exception {
        String sentence = "the database " + DATABASE + " is in " + encoding
                + ", which cannot hold everybody's name; it must be made with the encoding UTF8";
        for (String kind : List.of("shard", "master")) {
            PostgresServer cluster = cluster(kind);
            dropDatabase(cluster);
            try (Session session = Session.on(cluster, "postgres")) {
                session.execute(
                        "create database " + DATABASE + " encoding '" + encoding + "' locale 'C' template template0");
            }

            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() ->
                            Migrations.valueOf(kind.toUpperCase(Locale.ROOT)).migrate(cluster.dataSource(DATABASE)))
                    .withMessageContaining(sentence)
                    .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("RM008"));
            if (Psql.isThere()) {
                assertThat(psql(cluster, false, kind.equals("shard") ? "script_5433.sql" : "script_5432.sql"))
                        .contains(sentence);
            }
            dropDatabase(cluster);
        }
    }

    @Test
    void a_shard_script_with_sample_off_loads_none() throws Exception {
        assumePsql();
        PostgresServer cluster = Servers.shard("5433");
        dropDatabase(cluster);

        assertThat(psql(cluster, true, "script_5433.sql", "-v", "sample=off")).contains("No sample loaded");
        try (Session session = Session.on(cluster, DATABASE)) {
            assertThat(session.number("select count(*) from students")).isZero();
        }
    }

    private static PostgresServer cluster(String kind) {
        return kind.equals("master") ? Servers.master() : Servers.shard("5433");
    }

    private static void runFiles(PostgresServer cluster, String kind) throws IOException {
        try (Session session = Session.on(cluster, DATABASE)) {
            for (Path file : migrations(kind)) {
                try (Statement statement = session.connection().createStatement()) {
                    statement.execute(Files.readString(file));
                } catch (SQLException e) {
                    throw new AssertionError(file + " cannot run", e);
                }
            }
        }
    }

    /** As psql runs them: versions in their order, then the functions, between what is said before and after each migration. */
    private static List<Path> migrations(String kind) throws IOException {
        List<String> order = List.of("b", "V", "R", "a");
        Comparator<Path> byKind = Comparator.comparing(
                file -> order.indexOf(file.getFileName().toString().substring(0, 1)));
        try (Stream<Path> common = Files.list(Path.of("common"));
                Stream<Path> files = Files.list(Path.of(kind))) {
            return Stream.concat(common, files)
                    .sorted(byKind.thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
    }

    private static void dropDatabase(PostgresServer cluster) {
        try (Session session = Session.on(cluster, "postgres")) {
            session.execute("drop database if exists " + DATABASE + " with (force)");
        }
    }

    /** Columns, constraints, indexes, functions and triggers, whoever made them. */
    private static List<String> schema(PostgresServer cluster) {
        try (Session session = Session.on(cluster, DATABASE)) {
            return session.rows("""
                    select 'column', c.table_name || '.' || c.column_name,
                           c.data_type || c.is_nullable || coalesce(c.column_default, '')
                      from information_schema.columns c
                     where c.table_schema = 'public' and c.table_name <> 'flyway_schema_history'
                     union all
                    select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
                      from pg_constraint
                     where connamespace = 'public'::regnamespace and conname not like 'flyway%'
                     union all
                    select 'index', indexname, indexdef
                      from pg_indexes
                     where schemaname = 'public' and indexname not like 'flyway%'
                     union all
                    select 'function', oid::regprocedure::text, md5(pg_get_functiondef(oid))
                      from pg_proc p
                     where pronamespace = 'public'::regnamespace
                       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
                     union all
                    select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
                      from pg_trigger
                     where not tgisinternal
                     order by 1, 2, 3
                    """);
        }
    }

    private static String runScripts(String kind) throws Exception {
        if (kind.equals("shard")) {
            return psql(Servers.shard("5433"), true, "script_5433.sql");
        }
        return psql(Servers.master(), true, "script_5432.sql")
                + psql(
                        Servers.master(),
                        true,
                        "mapping_method.sql",
                        Stream.of("5433", "5434")
                                .flatMap(shard -> Psql.address(shard, Servers.shard(shard)).stream())
                                .toArray(String[]::new));
    }

    private static void assumePsql() throws InterruptedException {
        assumeThat(Psql.isThere()).as("psql is on the PATH").isTrue();
    }

    private static String psql(PostgresServer cluster, boolean succeeds, String script, String... options)
            throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.addAll(List.of("-f", script));
        Psql.Result result = Psql.run(cluster, words);
        assertThat(result.succeeded()).as(result.output()).isEqualTo(succeeds);
        return result.output();
    }
}
