package ghidanh.demo;

import ghidanh.access.UserRole;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.shard.Role;
import ghidanh.sync.SyncConsumerApplication;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The running system. {@link #close()} stops it; the data stay. */
class Demo implements AutoCloseable {

    /** And not localhost: on ::1 somebody else may have the port. */
    private static final String HOST = "127.0.0.1";

    /** The sample's two kinds of universities; the shards are the catalogue's defaults. */
    private static final Map<String, String> SECTORS = Map.of("5433", "public", "5434", "private");

    private final DemoSettings settings;
    private final DemoAccounts accounts;
    private final Consumer<String> progress;
    private final DemoDirectory directory;
    private final Passwords passwords;
    private final boolean passwordsAreNew;
    private final EmbeddedStack stack;
    private final ServerWatch watch;
    private final List<ConfigurableApplicationContext> services = new ArrayList<>();
    private final int registrationPort;
    private final int syncPort;
    private final int registrationActuatorPort;
    private final int syncActuatorPort;

    private Demo(DemoSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
        Set<Integer> taken = new HashSet<>();
        this.registrationPort = port(8080, taken);
        this.syncPort = port(8081, taken);
        this.registrationActuatorPort = port(9080, taken);
        this.syncActuatorPort = port(9081, taken);
        this.directory = new DemoDirectory(settings.dataDirectory());
        directory.prepare(settings.fresh());
        this.accounts = DemoAccounts.in(settings.dataDirectory());
        progress.accept("Data and logs: " + settings.dataDirectory());
        Optional<Passwords> earlier = directory.passwords();
        this.passwords = earlier.orElseGet(Passwords::random);
        this.passwordsAreNew = earlier.isEmpty();
        StackSettings servers = StackSettings.in(settings.dataDirectory())
                .withPorts(settings.ports())
                .withPasswords(passwords.owner(), passwords.owner());
        if (passwordsAreNew) {
            EmbeddedStack.resetPasswords(servers);
            directory.keep(passwords);
        }
        this.stack = EmbeddedStack.start(servers, progress);
        this.watch = new ServerWatch(stack, progress);
    }

    /**
     * Starts everything and returns when it serves.
     *
     * @param progress is told a sentence a step
     */
    static Demo start(DemoSettings settings, Consumer<String> progress) throws SQLException {
        Demo demo = new Demo(settings, progress);
        try {
            demo.startServices();
            demo.watch.start();
            return demo;
        } catch (SQLException | RuntimeException e) {
            try (demo) {
                throw e;
            }
        }
    }

    private int port(int usual, Set<Integer> taken) {
        int port = settings.ports() == PortChoice.USUAL ? Ports.preferredOrNext(usual, taken) : Ports.free();
        taken.add(port);
        return port;
    }

    private void startServices() throws SQLException {
        if (passwordsAreNew) {
            forgetOwnersMappings();
        }
        for (Map.Entry<String, PostgresCluster> shard : stack.shards().entrySet()) {
            String sector = SECTORS.get(shard.getKey());
            if (sector != null) {
                progress.accept("Shard " + shard.getKey() + ": " + SampleData.load(shard.getValue(), sector));
            }
        }
        // The consumer first: it makes the master's schema, which the other reads.
        start("sync-consumer", SyncConsumerApplication.application(), syncPort, syncActuatorPort);
        start(
                "registration-service",
                RegistrationServiceApplication.application(),
                registrationPort,
                registrationActuatorPort);
    }

    /** The sync-consumer makes them again; those of an earlier run sign in with a password that is gone. */
    private void forgetOwnersMappings() throws SQLException {
        try (Connection connection = stack.master().connect(EmbeddedStack.DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    do $$
                    declare
                        server text;
                    begin
                        for server in select m.srvname from pg_user_mappings m where m.usename = current_user loop
                            execute format('drop user mapping for current_user server %I', server);
                        end loop;
                    end
                    $$
                    """);
        }
    }

    private void start(String name, SpringApplicationBuilder application, int port, int actuatorPort) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=" + port,
                "--server.address=" + HOST,
                "--management.server.port=" + actuatorPort,
                "--management.server.address=" + HOST,
                "--spring.kafka.bootstrap-servers=" + stack.kafka().bootstrapServers(),
                "--ghidanh.master.url=" + stack.master().jdbcUrl(EmbeddedStack.DATABASE),
                "--ghidanh.master.password=" + passwords.owner(),
                // The table at the end must not drown in log lines; all of them are in the file.
                "--logging.threshold.console=warn",
                // The JVM has one name for both; the logger says whose line it is.
                "--logging.include-application-name=false",
                "--logging.file.name="
                        + settings.dataDirectory().resolve("logs").resolve("services.log")));
        stack.shards().forEach((shard, cluster) -> {
            arguments.add("--ghidanh.shards." + shard + ".url=" + cluster.jdbcUrl(EmbeddedStack.DATABASE));
            arguments.add("--ghidanh.shards." + shard + ".password=" + passwords.owner());
            arguments.add("--ghidanh.shards." + shard + ".fdw-port=" + cluster.port());
            List.of(Role.WEB, Role.RELAY, Role.OBSERVER, Role.FDW)
                    .forEach(role -> arguments.add(rolePassword("ghidanh.shards." + shard, role)));
        });
        List.of(Role.APP, Role.SYNC).forEach(role -> arguments.add(rolePassword("ghidanh.master", role)));
        arguments.addAll(accounts.arguments());
        arguments.addAll(settings.serviceArguments());
        services.add(application
                .bannerMode(Banner.Mode.OFF)
                // Ours stops the services before the databases; Spring's own would do so at the same time.
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new)));
        progress.accept(name + " is ready");
    }

    private String rolePassword(String database, Role role) {
        return "--" + database + ".roles." + role.name().toLowerCase(Locale.ROOT) + "=" + passwords.role();
    }

    /** What runs where, as a table for people. */
    String table() {
        StringBuilder rows = new StringBuilder();
        row(rows, "What", "Address", "User");
        row(rows, "----", "-------", "----");
        row(rows, "Page and REST API", pageUrl(), login(UserRole.STUDENT));
        row(rows, "", "", login(UserRole.REGISTRAR));
        row(rows, "Operators' page", syncUrl(), login(UserRole.OPERATOR));
        row(rows, "Health, metrics", registrationActuatorUrl() + "actuator", login(UserRole.METRICS));
        row(rows, "... of the sync", syncActuatorUrl() + "actuator", login(UserRole.METRICS));
        row(rows, "Master", address(stack.master()), stack.master().user());
        stack.shards().forEach((name, shard) -> row(rows, "Shard " + name, address(shard), shard.user()));
        row(rows, "Kafka", stack.kafka().bootstrapServers(), "-");
        rows.append(String.format("Passwords for psql: export PGPASSFILE=%s%n", directory.passwordFile()));
        return rows.toString();
    }

    String pageUrl() {
        return url(registrationPort);
    }

    String syncUrl() {
        return url(syncPort);
    }

    String registrationActuatorUrl() {
        return url(registrationActuatorPort);
    }

    String syncActuatorUrl() {
        return url(syncActuatorPort);
    }

    private static String url(int port) {
        return "http://" + HOST + ":" + port + "/";
    }

    DemoAccounts accounts() {
        return accounts;
    }

    EmbeddedStack stack() {
        return stack;
    }

    private static void row(StringBuilder rows, String what, String address, String user) {
        rows.append(String.format("%-18s  %-42s  %s%n", what, address, user));
    }

    private static String address(PostgresCluster cluster) {
        return cluster.host() + ":" + cluster.port() + "/" + EmbeddedStack.DATABASE;
    }

    private String login(UserRole role) {
        return role.name().toLowerCase(Locale.ROOT) + " / " + accounts.password(role);
    }

    @Override
    public void close() {
        watch.close();
        // The registration-service first: it takes no more requests while the rest is stopping.
        for (int i = services.size() - 1; i >= 0; i--) {
            services.get(i).close();
        }
        stack.close();
    }
}
