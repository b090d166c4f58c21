package ghidanh.registration.database;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.database.Patience;
import ghidanh.loop.Loops;
import ghidanh.shard.Role;
import ghidanh.shard.Shard;
import ghidanh.sql.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A shard as this service reaches it. */
public final class ShardDatabase extends ReadDatabase {

    private static final Logger log = LoggerFactory.getLogger(ShardDatabase.class);
    private static final Duration LONGEST_MIGRATION = Duration.ofMinutes(10);

    private final String name;
    private final HikariDataSource writePool;
    private final JdbcClient writeClient;

    ShardDatabase(Shard shard, DatabaseAccessSettings settings, Connections connections, Loops loops) {
        super(
                DatabaseName.ofShard(shard.name()),
                shard.database().as(Role.WEB),
                () -> check(shard, settings, connections),
                settings,
                connections,
                loops);
        this.name = shard.name();
        this.writePool = connections.pool(shard.database().as(Role.WEB), shard.name() + " write", settings.write(), 1);
        this.writeClient = JdbcClient.create(writePool);
    }

    /** Migrates each time: what comes back after a failure may be another database, restored or empty. */
    private static void check(Shard shard, DatabaseAccessSettings settings, Connections connections)
            throws SQLException {
        DataSource probe = connections.unpooled(shard.database(), "check", settings.check());
        try (Connection connection = probe.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select 1");
        }
        var patience = Patience.of(settings.connectTimeout(), LONGEST_MIGRATION);
        int executed = Migrations.SHARD.migrate(connections.unpooled(shard.database(), "migration", patience));
        if (executed > 0) {
            log.info("shard {}: {} migrations run", shard.name(), executed);
        }
        connections.openLogins(shard.database(), settings.check());
    }

    public String name() {
        return name;
    }

    /**
     * Writes on the calling thread, over the shard's one writing connection, in autocommit.
     *
     * @throws DatabaseUnavailableException if the shard is down or hangs
     * @throws RowsHeldException if others hold what it needs
     */
    public <T> T write(Function<JdbcClient, T> command) {
        return availability.guard(() -> {
            try {
                return command.apply(writeClient);
            } catch (UncategorizedSQLException e) {
                // A lock timeout: Spring has exceptions for whatever else makes a database busy.
                throw Fault.of(e) == Fault.BUSY ? new RowsHeldException(e) : e;
            }
        });
    }

    @Override
    void connect() throws SQLException {
        super.connect();
        connect(writePool);
    }

    @Override
    void stop() {
        super.stop();
        writePool.close();
    }
}
