package ghidanh.chaos;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.KafkaSettings;
import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import ghidanh.sync.SyncConsumerApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The whole system as it runs in production, every process by itself and two of each service, with settings untouched but
 * for addresses: between each two processes there is a proxy.
 */
final class RunningSystem implements AutoCloseable {

    /** What services run from. */
    interface Release {

        ServiceSettings of(Class<?> application, Path directory);
    }

    /** Whether disks can be full and clocks wrong, which has a price: such disks are no real ones. */
    enum Machine {
        UNTOUCHED,
        TOUCHED
    }

    private static final String MASTER_PASSWORD = "7363728258";
    private static final String SHARD_PASSWORD = "12";

    /** Of every database; enough of the write-ahead log is kept for a standby that lags. */
    static final Map<String, String> SMALL =
            Map.of("shared_buffers", "64MB", "max_wal_size", "128MB", "wal_keep_size", "128MB");

    private static final String[] SMALL_JVM = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};

    private final Path directory;
    private final int heapMegabytes;
    private final Map<String, SmallDisk> disks = new LinkedHashMap<>();
    private final Map<String, WrongClock> clocks = new LinkedHashMap<>();
    private final Map<String, PostgresCluster> databases = new LinkedHashMap<>();
    private final Map<String, TcpProxy> links = new LinkedHashMap<>();
    private final Map<String, ServiceProcess> services = new ConcurrentHashMap<>();
    private final KafkaBroker kafka;

    /**
     * Starts everything and returns when it is ready.
     *
     * @param directory for all data and logs
     * @param heapMegabytes of each service
     * @param machine what may be done to disks and clocks
     */
    RunningSystem(Path directory, int heapMegabytes, Machine machine) throws IOException {
        this(directory, heapMegabytes, machine, ServiceSettings::of);
    }

    /** @param release of the services */
    RunningSystem(Path directory, int heapMegabytes, Machine machine, Release release) throws IOException {
        this.directory = directory;
        this.heapMegabytes = heapMegabytes;
        for (String name : machine == Machine.TOUCHED ? Targets.SMALL_DISKS : List.<String>of()) {
            if (SmallDisk.isPossible(directory.resolve("disk"))) {
                disks.put(name, new SmallDisk(directory(name)));
            }
        }
        for (String name : machine == Machine.TOUCHED ? Targets.databases() : List.<String>of()) {
            WrongClock.in(directory.resolve("clock-" + name.replace(' ', '-')))
                    .ifPresent(clock -> clocks.put(name, clock));
        }
        Targets.databases().forEach(name -> databases.put(name, cluster(name)));
        // The ports of databases are chosen at their start, before anything is linked to them.
        together(databases.values().stream().map(cluster -> (Runnable) () -> {
            cluster.start();
            cluster.createDatabaseIfMissing(EmbeddedStack.DATABASE);
        }));
        var settings = KafkaSettings.in(directory(Targets.KAFKA)).withPort(Ports.free());
        for (String service : Targets.services()) {
            int port = Ports.free();
            var proxy = link(service, Targets.KAFKA, port);
            String name = service.replace("-", "").toUpperCase(Locale.ROOT);
            settings = settings.withListener(new KafkaSettings.Listener(name, port, proxy.port()));
        }
        kafka = new KafkaBroker(settings).start();
        for (String shard : Targets.SHARDS) {
            link(
                    Targets.MASTER,
                    Targets.shard(shard),
                    database(Targets.shard(shard)).port());
        }
        for (String service : Targets.services()) {
            link(service, Targets.MASTER, database(Targets.MASTER).port());
        }
        for (String service : Targets.REGISTRATION) {
            for (String shard : Targets.SHARDS) {
                link(
                        service,
                        Targets.shard(shard),
                        database(Targets.shard(shard)).port());
            }
        }
        Targets.services().forEach(name -> services.put(name, service(name, release, 0)));
        together(services.values().stream().map(service -> service::start));
    }

    /** Where a database or the broker has its data. */
    Path directory(String name) {
        return directory.resolve(name.replace(' ', '-'));
    }

    private PostgresCluster cluster(String name) {
        return new PostgresCluster(PostgresSettings.in(directory(name))
                .withPassword(name.equals(Targets.MASTER) ? MASTER_PASSWORD : SHARD_PASSWORD)
                .withParameters(SMALL)
                .withEnvironment(clock(name).map(WrongClock::environment).orElse(Map.of())));
    }

    private TcpProxy link(String from, String to, int port) throws IOException {
        var proxy = new TcpProxy(Ports.free(), port);
        links.put(Targets.link(from, to), proxy);
        return proxy;
    }

    private ServiceProcess service(String name, Release release, int port) {
        Class<?> application = Targets.REGISTRATION.contains(name)
                ? RegistrationServiceApplication.class
                : SyncConsumerApplication.class;
        var settings = release.of(application, directory.resolve(name))
                .withPort(port)
                .withJvmOptions(SMALL_JVM)
                .withJvmOptions("-Xmx" + heapMegabytes + "m")
                .withArguments(
                        "--spring.kafka.bootstrap-servers=127.0.0.1:" + port(name, Targets.KAFKA),
                        "--ghidanh.master.url=" + url(port(name, Targets.MASTER)),
                        "--ghidanh.master.password=" + MASTER_PASSWORD,
                        // A fault may lose a whole shard.
                        "--ghidanh.sync.drift.removal-limit=1000000");
        for (String shard : Targets.SHARDS) {
            String target = Targets.shard(shard);
            // A consumer reaches a shard through the master only, but has its address as well.
            int direct = Targets.REGISTRATION.contains(name)
                    ? port(name, target)
                    : database(target).port();
            settings = settings.withArguments(
                    "--ghidanh.shards." + shard + ".url=" + url(direct),
                    "--ghidanh.shards." + shard + ".password=" + SHARD_PASSWORD,
                    "--ghidanh.shards." + shard + ".fdw-host=127.0.0.1",
                    "--ghidanh.shards." + shard + ".fdw-port=" + port(Targets.MASTER, target));
        }
        return new ServiceProcess(settings);
    }

    private int port(String from, String to) {
        return link(Targets.link(from, to)).port();
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + EmbeddedStack.DATABASE;
    }

    private static void together(Stream<Runnable> tasks) {
        CompletableFuture.allOf(tasks.map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new))
                .join();
    }

    /** Lets a service end, and starts it of another release at the same address. */
    void replace(String name, Release release) {
        ServiceProcess former = service(name);
        former.stop();
        ServiceProcess next = service(name, release, former.port());
        services.put(name, next);
        next.start();
    }

    PostgresCluster database(String name) {
        return known(databases, name);
    }

    TcpProxy link(String name) {
        return known(links, name);
    }

    ServiceProcess service(String name) {
        return known(services, name);
    }

    /** None where this machine lets us mount none. */
    Optional<SmallDisk> disk(String name) {
        return Optional.ofNullable(disks.get(name));
    }

    /** None where this machine has no libfaketime. */
    Optional<WrongClock> clock(String name) {
        return Optional.ofNullable(clocks.get(name));
    }

    KafkaBroker kafka() {
        return kafka;
    }

    List<ServiceProcess> registrationServices() {
        return Targets.REGISTRATION.stream().map(this::service).toList();
    }

    List<ServiceProcess> syncConsumers() {
        return Targets.SYNC.stream().map(this::service).toList();
    }

    private static <T> T known(Map<String, T> all, String name) {
        T found = all.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no " + name + " among " + all.keySet());
        }
        return found;
    }

    /** Connects past all proxies; gives up a silent server. */
    Connection connect(String database) throws SQLException {
        var cluster = database(database);
        var properties = new Properties();
        properties.setProperty("user", cluster.user());
        properties.setProperty("password", cluster.password());
        properties.setProperty("ApplicationName", "chaos");
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("socketTimeout", "20");
        return DriverManager.getConnection(cluster.jdbcUrl(EmbeddedStack.DATABASE), properties);
    }

    @Override
    public void close() throws IOException {
        together(services.values().stream().map(service -> service::close));
        for (TcpProxy link : links.values()) {
            link.close();
        }
        kafka.close();
        together(databases.values().stream().map(cluster -> cluster::close));
        for (SmallDisk disk : disks.values()) {
            disk.close();
        }
    }
}
