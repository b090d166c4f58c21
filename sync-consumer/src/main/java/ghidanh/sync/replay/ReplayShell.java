package ghidanh.sync.replay;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.event.TopicSettings;
import ghidanh.loop.Loops;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.JobState;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.remap.Remapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintStream;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * {@code java -jar sync-consumer.jar replay --from=earliest}: a replay from a shell, with a progress bar and no HTTP, next
 * to whatever instances are running or without any. Ctrl-C leaves it interrupted.
 *
 * <p>Deliberately no component: the service's own scan must not find it.
 */
@EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
@ComponentScan(
        basePackages = {"ghidanh.sync.kafka", "ghidanh.sync.master", "ghidanh.sync.job", "ghidanh.sync.replay"},
        excludeFilters = @ComponentScan.Filter(type = FilterType.REGEX, pattern = "ghidanh\\.sync\\..*\\.web\\..*"))
@ConfigurationPropertiesScan({"ghidanh.sync.master", "ghidanh.sync.job", "ghidanh.sync.replay"})
@EnableConfigurationProperties({ShardSettings.class, TopicSettings.class})
@Import({Loops.class, Remapper.class})
public class ReplayShell {

    private static final String USAGE = """
            replay --from=earliest|<time, such as 2026-09-01T07:00:00+07:00> [--shard=<name>] [--dry-run]
                   [--max-per-second=<events>] [--reason=<text>]
            replay --resume=<id>""";
    private static final Set<String> OPTIONS = Set.of("from", "shard", "dry-run", "max-per-second", "reason", "resume");
    private static final long PERIOD_MS = 200;

    @Bean
    ShardCatalogue shardCatalogue(ShardSettings settings) {
        return settings.catalogue();
    }

    @Bean
    Connections connections(MeterRegistry meters) {
        return new Connections("sync-consumer replay", meters);
    }

    /**
     * Runs to the end.
     *
     * @param arguments after the word replay; those with a dot in their name are settings
     * @return 0 if the replay is done, 1 if it ended otherwise, 2 if it could not begin
     */
    public static int run(PrintStream out, String... arguments) throws InterruptedException {
        var options = new DefaultApplicationArguments(arguments);
        String unknown = options.getOptionNames().stream()
                .filter(name -> !name.contains(".") && !OPTIONS.contains(name))
                .findFirst()
                .orElse(null);
        if (unknown != null || options.containsOption("from") == options.containsOption("resume")) {
            out.println((unknown == null ? "" : "unknown option --" + unknown + "\n") + USAGE);
            return 2;
        }
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ReplayShell.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties(
                        "spring.config.name=sync-consumer",
                        "logging.level.root=warn",
                        // The probes of the service name parts that are not here.
                        "management.endpoint.health.validate-group-membership=false")
                .run(arguments)) {
            Jobs jobs = context.getBean(Jobs.class);
            Supplier<Job> begin = beginning(options, context);
            await(context.getBean("master", HealthIndicator.class), out);
            return watch(jobs, untilAnswered(begin, out), out);
        } catch (JobConflictException
                | IllegalStateException
                | IllegalArgumentException
                | DateTimeParseException
                | KafkaException e) {
            out.println("Not begun: " + e.getMessage());
            return 2;
        }
    }

    private static Supplier<Job> beginning(DefaultApplicationArguments options, ApplicationContext context) {
        if (options.containsOption("resume")) {
            long id = Long.parseLong(text(options, "resume", ""));
            return () -> resume(context.getBean(Jobs.class), id);
        }
        Replays.Order order = order(options, context.getBean(ShardCatalogue.class));
        return () -> context.getBean(Replays.class).start(order);
    }

    /** For as long as it takes, as the service does; Ctrl-C ends it. */
    private static void await(HealthIndicator master, PrintStream out) throws InterruptedException {
        for (Health health = master.health(); !isUp(health); health = master.health()) {
            waitFor("the master is not ready: " + (health == null ? "" : health.getDetails()), out);
        }
    }

    private static boolean isUp(@Nullable Health health) {
        return health != null && Status.UP.equals(health.getStatus());
    }

    /** Asks the master until it answers. */
    private static <T> T untilAnswered(Supplier<T> question, PrintStream out) throws InterruptedException {
        while (true) {
            try {
                return question.get();
            } catch (DataAccessException | TransactionException e) {
                Fault fault = Fault.of(e);
                if (fault == Fault.DATA || fault == Fault.BUG) {
                    throw new IllegalStateException(DatabaseName.MASTER.explain(e), e);
                }
                waitFor(DatabaseName.MASTER.explain(e), out);
            }
        }
    }

    private static void waitFor(String trouble, PrintStream out) throws InterruptedException {
        out.print("\rwaits: " + trouble + "   ");
        out.flush();
        Thread.sleep(PERIOD_MS);
    }

    private static Job resume(Jobs jobs, long id) {
        return jobs.find(JobKind.REPLAY, id)
                .flatMap(jobs::resume)
                .orElseThrow(() -> new IllegalStateException("there is no interrupted or failed replay " + id));
    }

    private static Replays.Order order(DefaultApplicationArguments options, ShardCatalogue catalogue) {
        String from = text(options, "from", "");
        String shard = text(options, "shard", "all");
        if (!shard.equals("all") && catalogue.find(shard).isEmpty()) {
            throw new IllegalArgumentException("there is no shard " + shard + ", but " + catalogue.names());
        }
        int maxPerSecond = Integer.parseInt(text(options, "max-per-second", "0"));
        if (maxPerSecond < 0) {
            throw new IllegalArgumentException("--max-per-second must not be negative");
        }
        return new Replays.Order(
                shard.equals("all") ? null : shard,
                from.equals("earliest")
                        ? Start.EARLIEST
                        : Start.at(OffsetDateTime.parse(from).toInstant()),
                options.containsOption("dry-run"),
                maxPerSecond,
                text(options, "reason", "from a shell"),
                System.getProperty("user.name", "shell"));
    }

    private static String text(DefaultApplicationArguments options, String name, String otherwise) {
        var values = options.getOptionValues(name);
        return values == null || values.isEmpty() ? otherwise : values.get(0);
    }

    private static int watch(Jobs jobs, Job started, PrintStream out) throws InterruptedException {
        out.println("Replay " + started.id() + (started.options().path("dryRun").booleanValue() ? ", dry run" : ""));
        while (true) {
            Thread.sleep(PERIOD_MS);
            // Asked first: while it works here, an end that others have written is taken back by the next heartbeat.
            boolean atWork = jobs.isAtWork(started.id());
            Job job =
                    untilAnswered(() -> jobs.find(JobKind.REPLAY, started.id()).orElseThrow(), out);
            out.print("\r" + bar(job));
            out.flush();
            if (!atWork && job.state().isOver()) {
                out.println();
                out.println(job.state() + " " + job.counts() + (job.message().isEmpty() ? "" : ": " + job.message()));
                return job.state() == JobState.DONE ? 0 : 1;
            }
        }
    }

    static String bar(Job job) {
        int filled = job.total() == 0 ? 20 : (int) (job.read() * 20 / job.total());
        @Nullable Long eta = job.etaSeconds();
        return "[" + "#".repeat(filled) + "-".repeat(20 - filled) + "] " + job.read() + " of " + job.total() + ", "
                + Math.round(job.rate()) + "/s" + (eta == null ? "" : ", " + eta + " s to go") + "   ";
    }
}
