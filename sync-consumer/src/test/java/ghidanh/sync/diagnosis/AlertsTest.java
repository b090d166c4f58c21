package ghidanh.sync.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.sync.SettableClock;
import ghidanh.sync.diagnosis.Alert.State;
import ghidanh.sync.observe.Backlog;
import ghidanh.sync.observe.Observation;
import ghidanh.sync.observe.ShardState;
import ghidanh.sync.observe.Unsynced;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** Alerts of the service: how they come and go, and that they are those of Prometheus. */
class AlertsTest {

    private static final Path RULES = Path.of("..", "grafana", "rules", "alerts.yml");

    /** What Prometheus alone can know. */
    private static final Set<String> NOT_HERE = Set.of(
            "SyncSilent", // what was accepted, the other service counts
            "SyncLagBudgetFastBurn", // of hours, as the two below; this service remembers a quarter of one
            "SyncLagBudgetSlowBurn",
            "SyncFreshnessBudgetFastBurn",
            "TargetDown"); // who is down tells nobody

    /** Where an expression has the threshold of the rule, or its time in minutes. */
    private static final Map<Rule, String> IN_EXPRESSION = Map.of(
            Rule.STUCK, "registration_sync_oldest_unsynced_age_seconds) > 60",
            Rule.STUCK_IN_KAFKA, "increase(registration_sync_events_total[1m]",
            Rule.FRESHNESS_UNKNOWN, "registration_sync_observed_timestamp_seconds) <= 60",
            Rule.DEAD_LETTERS, "increase(registration_sync_dead_letters_total[15m])) > 0",
            Rule.MISMATCH, "registration_reconcile_mismatch_rows:newest > 0",
            Rule.LOST, "delta(registration_sync_lost_rows[1h])) > 0",
            Rule.COMPARISON_OVERDUE, "registration_reconcile_success_timestamp_seconds > 0) > 3 * 3600",
            Rule.CLOCK_SKEW, "abs(registration_clock_offset_seconds)) > 0.5",
            Rule.NO_LEADER, "sum by (shard) (registration_relay_leader) == 0",
            Rule.OUTBOX_STUCK, "registration_outbox_oldest_age_seconds) > 60");

    private final SettableClock clock = new SettableClock();
    private final List<Alert> told = new ArrayList<>();
    private final Alerts alerts = new Alerts(clock, told::add);

    @Test
    void an_alert_is_pending_then_fires_then_is_remembered_for_a_day() {
        alerts.judge(waiting(61));
        assertThat(states()).containsExactly(State.PENDING);
        clock.advance(Duration.ofSeconds(59));
        alerts.judge(waiting(120));
        assertThat(states()).containsExactly(State.PENDING);
        assertThat(told).isEmpty();

        clock.advance(Duration.ofSeconds(1));
        alerts.judge(waiting(121));
        assertThat(states()).containsExactly(State.FIRING);
        alerts.judge(waiting(122));
        assertThat(told).extracting(Alert::state).containsExactly(State.FIRING);

        clock.advance(Duration.ofMinutes(5));
        alerts.judge(waiting(0));
        assertThat(states()).containsExactly(State.RESOLVED);
        assertThat(told).extracting(Alert::state).containsExactly(State.FIRING, State.RESOLVED);
        Alert over = alerts.all().get(0);
        Instant firing = Objects.requireNonNull(over.firing());
        assertThat(Duration.between(over.since(), firing)).isEqualTo(Duration.ofMinutes(1));
        assertThat(Duration.between(firing, over.resolved())).isEqualTo(Duration.ofMinutes(5));

        clock.advance(Duration.ofDays(1));
        alerts.judge(waiting(0));
        assertThat(states()).isEmpty();
    }

    @Test
    void what_ends_before_its_time_is_told_to_nobody() {
        alerts.judge(waiting(61));
        clock.advance(Duration.ofSeconds(30));
        alerts.judge(waiting(0));
        alerts.judge(waiting(61));
        clock.advance(Duration.ofSeconds(59));
        alerts.judge(waiting(61));

        assertThat(states()).containsExactly(State.PENDING);
        assertThat(told).isEmpty();
    }

    @Test
    void what_is_not_known_holds_nothing() {
        alerts.judge(waiting(Double.NaN));
        assertThat(states()).isEmpty();
    }

    @Test
    void every_alert_of_prometheus_is_here_or_said_not_to_be() throws IOException {
        Set<String> here = new TreeSet<>(NOT_HERE);
        List.of(Rule.values()).forEach(rule -> here.add(rule.alert()));

        Set<String> there = new TreeSet<>();
        rules().forEach(rule -> there.add((String) rule.get("alert")));

        assertThat(there).isEqualTo(here);
    }

    @ParameterizedTest
    @EnumSource
    void a_rule_is_that_of_prometheus(Rule rule) throws IOException {
        Map<String, Object> its = rules().stream()
                .filter(one -> rule.alert().equals(one.get("alert")))
                .filter(one -> Objects.equals(rule.seenIn(), labels(one).get("seen")))
                .findFirst()
                .orElseThrow();

        assertThat(labels(its).get("severity")).isEqualTo(rule.severity().name().toLowerCase(Locale.ROOT));
        assertThat(its.getOrDefault("for", "0m")).isEqualTo(rule.hold().toMinutes() + "m");
        assertThat((String) its.get("expr")).contains(IN_EXPRESSION.get(rule));
    }

    /** Just above what the expressions above say, and just at it. */
    @ParameterizedTest
    @EnumSource
    void a_rule_holds_above_its_threshold_alone(Rule rule) {
        double least = 0.001;
        assertThat(rule.holds(at(rule, least))).isTrue();
        assertThat(rule.holds(at(rule, -least))).isFalse();
    }

    private static Facts at(Rule rule, double more) {
        return switch (rule) {
            case STUCK -> waiting(60 + more);
            case STUCK_IN_KAFKA -> facts(seen(0, 0, 0, true), 0, 60 + more, Double.NaN, Double.NaN, 0, 0);
            case FRESHNESS_UNKNOWN -> facts(seen(0, 0, 0, true), 60 + more, 0, Double.NaN, Double.NaN, 0, 0);
            case DEAD_LETTERS -> facts(seen(0, 0, 0, true), 0, 0, 15 * 60 - more, Double.NaN, 0, 0);
            case LOST -> facts(seen(0, 0, 0, true), 0, 0, Double.NaN, 60 * 60 - more, 0, 0);
            case MISMATCH -> facts(seen(0, 0, 0, true), 0, 0, Double.NaN, Double.NaN, more > 0 ? 1 : 0, 0);
            case COMPARISON_OVERDUE -> facts(seen(0, 0, 0, true), 0, 0, Double.NaN, Double.NaN, 0, 3 * 3600 + more);
            case CLOCK_SKEW -> quiet(seen(0, 0, 0.5 + more, true));
            case NO_LEADER -> quiet(seen(0, 0, 0, more < 0));
            case OUTBOX_STUCK -> quiet(seen(0, 60 + more, 0, true));
        };
    }

    @SuppressWarnings("unchecked") // as the file is
    private static Map<String, Object> labels(Map<String, Object> rule) {
        return (Map<String, Object>) rule.getOrDefault("labels", Map.of());
    }

    @SuppressWarnings("unchecked") // as the file is
    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(RULES));
        return file.getOrDefault("groups", List.of()).stream()
                .flatMap(group -> ((List<Map<String, Object>>) group.getOrDefault("rules", List.of())).stream())
                .toList();
    }

    private List<State> states() {
        return alerts.all().stream().map(Alert::state).toList();
    }

    private static Facts waiting(double seconds) {
        return quiet(seen(seconds, 0, 0, true));
    }

    private static Facts quiet(Observation seen) {
        return facts(seen, 0, 0, Double.NaN, Double.NaN, 0, 0);
    }

    private static Facts facts(
            Observation seen,
            double unmeasured,
            double standstill,
            double letters,
            double loss,
            long drift,
            double checked) {
        return new Facts(seen, unmeasured, standstill, letters, loss, drift, checked);
    }

    private static Observation seen(double unsynced, double outbox, double clock, boolean led) {
        return new Observation(
                "5433",
                "public",
                null,
                false,
                new ShardState(led, false, null, "0 at 1/2/3", null),
                new Backlog(1, outbox),
                new Unsynced(1, unsynced),
                0,
                0,
                null,
                null,
                null,
                0,
                clock);
    }
}
