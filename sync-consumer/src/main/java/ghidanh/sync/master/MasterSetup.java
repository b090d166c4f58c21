package ghidanh.sync.master;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.shard.Database;
import ghidanh.shard.Role;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sql.Migrations;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Brings the master's schema up to date and attaches the catalogue's shards, on a thread of its own and for as long as it
 * takes: a master that is down delays the sync, not the start of the service. Afterwards it looks whether the schema is
 * still there, and sets up an empty database that has taken the master's place. Tells {@link ShardAttached} once for each, and again
 * if a listener failed.
 */
@Component
public class MasterSetup extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(MasterSetup.class);

    private static final String HAS_SCHEMA = """
        -- MasterSetup
        select to_regclass('flyway_schema_history') is not null
        """;

    private static final String ATTACH = """
        -- MasterSetup
        select attach_shard(:name, :host, :port, :username, :password, :dbname, :role)
        """;

    private static final String LOG_NO_STATEMENTS = """
        -- MasterSetup
        select log_no_statements()
        """;

    // What somebody tuned or changed on purpose stays until the next start.
    private static final String LACKS_TABLES = """
        -- MasterSetup
        select s.name
          from shards s
         where (select count(*)
                  from pg_foreign_table t
                  join pg_foreign_server f on f.oid = t.ftserver
                 where f.srvname = 'fdw_' || s.name) < 6
        """;

    private final MasterDatabase master;
    private final MasterSettings settings;
    private final ApplicationEventPublisher events;
    private final Connections connections;
    private final JdbcClient jdbc;
    private final JdbcClient owner;
    private final TransactionTemplate ownersSession;
    private final ShardCatalogue catalogue;
    private final Set<Shard> waiting = new LinkedHashSet<>();
    private final Set<Shard> announced = new HashSet<>();
    private volatile String state = "not started";
    private volatile boolean complete;
    private boolean migrated;
    private String told = "";

    MasterSetup(
            MasterDatabase master,
            MasterSettings settings,
            ShardCatalogue catalogue,
            ApplicationEventPublisher events,
            Connections connections,
            Loops loops) {
        super(DEFAULT_PHASE);
        this.connections = connections;
        this.master = master;
        this.settings = settings;
        this.events = events;
        this.jdbc = JdbcClient.create(master.general());
        this.owner = JdbcClient.create(master.owner());
        this.ownersSession = new TransactionTemplate(new JdbcTransactionManager(master.owner()));
        this.catalogue = catalogue;
        waiting.addAll(catalogue.all());
        add(loops.every(Duration.ZERO, settings.retryInterval(), "master-setup", null, this::look));
    }

    /** What it has done or is waiting for, for people. */
    public String state() {
        return state;
    }

    public boolean isComplete() {
        return complete;
    }

    /** @throws DataAccessException if the master cannot be asked */
    boolean hasSchema() {
        return jdbc.sql(HAS_SCHEMA).query(Boolean.class).single();
    }

    private void look() {
        if (complete && isReplaced()) {
            LOG.warn(
                    "The master {} is empty or does not let us in: it is set up again, and a replay or resync brings its rows",
                    master.database());
            complete = false;
            migrated = false;
            waiting.addAll(catalogue.all());
        }
        if (!complete) {
            migrated = migrated || migrate();
            complete = migrated && attachAll();
        } else {
            attachAgain();
        }
    }

    private boolean isReplaced() {
        try {
            return !hasSchema();
        } catch (DataAccessException e) {
            LOG.debug("The master cannot be asked: {}", DatabaseName.MASTER.explain(e));
            return Fault.of(e) == Fault.SETUP; // a new server does not know our role
        }
    }

    private boolean migrate() {
        try {
            int applied = Migrations.MASTER.migrate(master.owner());
            connections.openLogins(master.database(), settings.sync());
            LOG.info("The master's schema is up to date, {} migrations run", applied);
            return true;
        } catch (SQLException | RuntimeException e) {
            tell("The master " + master.database() + " (ghidanh.master.*) cannot be set up: "
                    + DatabaseName.MASTER.explain(e));
            return false;
        }
    }

    private boolean attachAll() {
        for (Shard shard : Set.copyOf(waiting)) {
            try {
                String outcome = attach(shard);
                LOG.info("Shard {} is attached to the master ({})", shard.name(), outcome);
                if (!announced.contains(shard)) {
                    events.publishEvent(new ShardAttached(shard.name()));
                    announced.add(shard);
                }
                waiting.remove(shard);
            } catch (RuntimeException e) {
                tell("Shard " + shard.name() + " (ghidanh.shards." + shard.name()
                        + ".*) cannot be attached to the master: " + DatabaseName.MASTER.explain(e));
            }
        }
        if (waiting.isEmpty()) {
            state = "schema up to date, all shards attached";
            told = "";
        }
        return waiting.isEmpty();
    }

    /** Makes again what somebody took away, unless it was detached on purpose. */
    private void attachAgain() {
        try {
            for (String name : jdbc.sql(LACKS_TABLES).query(String.class).list()) {
                catalogue
                        .find(name)
                        .ifPresent(shard -> LOG.warn(
                                "Shard {} was not attached to the master as it should be, and is again ({})",
                                name,
                                attach(shard)));
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.debug("Whether all shards are attached is not known: {}", DatabaseName.MASTER.explain(e));
        }
    }

    private String attach(Shard shard) {
        Database fdw = shard.database().as(Role.FDW);
        return ownersSession.execute(session -> {
            owner.sql(LOG_NO_STATEMENTS).query().listOfRows();
            return owner.sql(ATTACH)
                    .param("name", shard.name())
                    .param("host", shard.fdw().host())
                    .param("port", shard.fdw().port())
                    .param("username", fdw.username())
                    .param("password", fdw.password())
                    .param("dbname", shard.fdw().database())
                    .param("role", master.database().as(Role.SYNC).username())
                    .query(String.class)
                    .single();
        });
    }

    /** The same trouble is told once, not every few seconds. */
    private void tell(String trouble) {
        state = trouble;
        if (!trouble.equals(told)) {
            told = trouble;
            LOG.warn(
                    "{}; trying again every {} s",
                    trouble,
                    settings.retryInterval().toSeconds());
        }
    }
}
