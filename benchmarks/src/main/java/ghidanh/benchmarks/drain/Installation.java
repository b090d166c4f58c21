package ghidanh.benchmarks.drain;

import ghidanh.benchmarks.Services;
import ghidanh.benchmarks.Sql;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.Trees;
import ghidanh.servers.ServiceProcess;
import ghidanh.sql.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A master, one shard and Kafka in a temporary directory, and the services' packaged jars to run on them. */
final class Installation implements AutoCloseable {

    static final String SHARD = "5433";

    private final Path directory;
    private final EmbeddedStack stack;

    Installation() throws IOException, SQLException {
        directory = Files.createTempDirectory("ghidanh-drain-");
        stack = EmbeddedStack.start(StackSettings.in(directory)
                .withShards(List.of(SHARD))
                .withPorts(StackSettings.PortChoice.RANDOM)
                .withPostgresParameters(
                        Map.of("shared_buffers", "512MB", "max_wal_size", "4GB", "checkpoint_timeout", "15min")));
        Migrations.SHARD.migrate(shard().dataSource(EmbeddedStack.DATABASE));
        Migrations.MASTER.migrate(master().dataSource(EmbeddedStack.DATABASE));
    }

    PostgresCluster master() {
        return stack.master();
    }

    PostgresCluster shard() {
        return stack.shard(SHARD);
    }

    String kafka() {
        return stack.kafka().bootstrapServers();
    }

    ServiceProcess registrationService() throws IOException {
        return service("registration-service");
    }

    ServiceProcess syncConsumer(String... arguments) throws IOException {
        return service("sync-consumer", arguments);
    }

    /** As it is deployed, with no setting but where the others are. The second shard of the catalogue is down throughout. */
    private ServiceProcess service(String name, String... more) throws IOException {
        return new ServiceProcess(Services.jar(name, stack, directory.resolve(name))
                .withArguments("--ghidanh.shards.5434.password=of nobody")
                .withArguments(more));
    }

    Connection connect(PostgresCluster cluster) throws SQLException {
        return cluster.connect(EmbeddedStack.DATABASE);
    }

    void execute(PostgresCluster cluster, String sql) throws SQLException {
        Sql.execute(cluster, sql);
    }

    long number(PostgresCluster cluster, String sql) throws SQLException {
        return Sql.number(cluster, sql);
    }

    /** Students and sections, known to the master, and registrations that nobody has told of yet. */
    void fill(int registrations) throws SQLException {
        execute(shard(), """
                insert into universities values (1, 'U', 'public');
                insert into courses select i, 'Toán', 3 from generate_series(1, 1100) as i;
                insert into students (u_id, lname, mname, fname, st_address, gender, prog_degree, dob)
                select 1, 'Nguyễn', 'Thị Ngọc', 'Ánh ' || i, i || ' Lê Lợi, phường Bến Thành', 'F', 'Cử nhân',
                       date '2004-01-01' + i % 1500
                  from generate_series(1, 100000) as i;
                insert into sections (year, semester, time, hall, c_no, capacity)
                select 2026, 1, 'Mon 7:00', 'A' || i, i, 1000000
                  from generate_series(1, 1100) as i;
                truncate outbox;
                """);
        refill(registrations);
        Sql.attach(master(), SHARD, shard());
        execute(master(), "vacuum analyze");
    }

    /** Replaces the registrations by new ones that nobody has told of yet. */
    void refill(int registrations) throws SQLException {
        execute(shard(), """
                alter table registrations disable trigger user;
                truncate registrations restart identity;
                """);
        execute(shard(), """
                insert into registrations (stno, sec_no)
                select (i * 7919) %% 100000 + 1, ((i / 100000) * 37 + i) %% 1000 + 1
                  from generate_series(1::bigint, %d) as i;
                """.formatted(registrations));
        execute(shard(), """
                alter table registrations enable trigger user;
                set session_replication_role = replica;
                update sections s
                   set enrolled = r.taken
                  from (select sec_no, count(*) as taken from registrations group by sec_no) r
                 where r.sec_no = s.sec_no;
                """);
        execute(shard(), "vacuum analyze");
    }

    /** An event of every registration, as if the relay had been away. */
    void fillOutbox() throws SQLException {
        execute(shard(), """
                insert into outbox (entity, entity_id)
                select 'registration', reg_id from registrations order by reg_id
                """);
        execute(shard(), "vacuum analyze outbox");
        execute(shard(), "checkpoint");
    }

    void awaitEmptyOutbox() throws SQLException, InterruptedException {
        while (number(shard(), "select count(*) from outbox") > 0) {
            Thread.sleep(100);
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
        Trees.delete(directory);
    }
}
