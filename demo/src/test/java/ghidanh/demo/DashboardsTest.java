package ghidanh.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghidanh.demo.GrafanaFiles.Query;
import ghidanh.demo.GrafanaFiles.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Dashboards and rules, as far as they can be tested without Grafana and without a running system. */
class DashboardsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final GrafanaFiles files = GrafanaFiles.read();

    @TestFactory
    Stream<DynamicTest> a_dashboard_keeps_the_rules() {
        return files.dashboards().entrySet().stream()
                .map(file -> DynamicTest.dynamicTest(
                        file.getKey(),
                        () -> assertThat(DashboardLint.problems(file.getValue()))
                                .isEmpty()));
    }

    @Test
    void there_are_three_dashboards_with_uids_of_their_own() {
        assertThat(files.dashboards()).containsOnlyKeys("api.json", "pipeline.json", "sync-lag.json");
        assertThat(files.dashboards().values())
                .extracting(dashboard -> dashboard.path("uid").asString(""))
                .doesNotHaveDuplicates();
    }

    @Test
    void every_expression_of_a_dashboard_is_promql(@TempDir Path directory) throws IOException {
        assumeTrue(Promtool.isInstalled(), Promtool.MISSING);
        Promtool.Answer answer = checkedAsRules(directory, expressions());
        assertThat(answer.success()).as(answer.output()).isTrue();
    }

    @Test
    void a_broken_expression_is_noticed(@TempDir Path directory) throws IOException {
        assumeTrue(Promtool.isInstalled(), Promtool.MISSING);
        Promtool.Answer answer =
                checkedAsRules(directory, Map.of("broken", "sum(rate(registration_accepted_total[1m])"));
        assertThat(answer.success()).as(answer.output()).isFalse();
        assertThat(answer.output()).contains("broken");
    }

    @Test
    void prometheus_accepts_its_configuration_and_the_rules() {
        assumeTrue(Promtool.isInstalled(), Promtool.MISSING);
        Promtool.Answer configuration = Promtool.run("check", "config", List.of(files.prometheusConfiguration()));
        assertThat(configuration.success()).as(configuration.output()).isTrue();
        Promtool.Answer rules = Promtool.run("check", "rules", files.ruleFiles());
        assertThat(rules.success()).as(rules.output()).isTrue();
    }

    @Test
    void the_rules_pass_their_tests() {
        assumeTrue(Promtool.isInstalled(), Promtool.MISSING);
        Promtool.Answer answer = Promtool.run("test", "rules", files.ruleTests());
        assertThat(answer.success()).as(answer.output()).isTrue();
    }

    @Test
    void every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_is_silent() {
        Set<String> firing = new HashSet<>();
        Set<String> silent = new HashSet<>();
        for (Path file : files.ruleTests()) {
            Map<String, List<Map<String, Object>>> yaml = new Yaml().load(GrafanaFiles.text(file));
            for (Map<String, Object> test : yaml.getOrDefault("tests", List.of())) {
                for (Object entry : (List<?>) test.getOrDefault("alert_rule_test", List.of())) {
                    Map<?, ?> expected = (Map<?, ?>) entry;
                    (expected.containsKey("exp_alerts") ? firing : silent)
                            .add(String.valueOf(expected.get("alertname")));
                }
            }
        }
        assertThat(firing).isNotEmpty().containsExactlyInAnyOrderElementsOf(alerts());
        assertThat(silent).containsExactlyInAnyOrderElementsOf(alerts());
    }

    @Test
    void every_alert_says_in_two_languages_what_is_wrong_and_points_to_a_section_of_the_handbook() {
        String handbook = GrafanaFiles.text(files.handbook());
        Set<String> anchors = handbook.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> "docs/observability.md#" + anchor(line))
                .collect(Collectors.toSet());
        assertThat(files.rules())
                .filteredOn(rule -> !rule.alert().isEmpty())
                .isNotEmpty()
                .allSatisfy(rule -> {
                    assertThat(rule.annotations()).containsOnlyKeys("summary", "summary_vi", "runbook_url");
                    assertThat(anchors)
                            .contains(String.valueOf(rule.annotations().get("runbook_url")));
                    assertThat(String.valueOf(rule.annotations().get("runbook_url")))
                            .endsWith("#" + rule.alert().toLowerCase(Locale.ROOT));
                });
    }

    @Test
    void every_recorded_series_is_used_and_every_used_one_is_recorded() {
        Set<String> recorded = files.rules().stream()
                .map(Rule::record)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        Set<String> used = files.allExpressions()
                .flatMap(expression -> Promql.metricNames(expression).stream())
                .filter(name -> name.contains(":"))
                .collect(Collectors.toSet());
        assertThat(used).isNotEmpty().containsExactlyInAnyOrderElementsOf(recorded);
    }

    @Test
    void a_rule_reads_counters_only_through_rate_and_increase() {
        assertThat(files.rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(Promql.bareCounters(rule.expression()))
                        .as(rule.alert() + rule.record())
                        .isEmpty());
    }

    @Test
    void the_handbook_lists_every_metric_of_ours() {
        String handbook = GrafanaFiles.text(files.handbook());
        List<String> own = files.metricNames().stream()
                .filter(name -> name.startsWith("registration_"))
                .map(name -> name.replaceFirst("_(bucket|count|sum|max)$", ""))
                .distinct()
                .toList();
        assertThat(own).isNotEmpty().allSatisfy(name -> assertThat(handbook).contains("| `" + name + "` |"));
    }

    @Test
    void metric_names_are_told_from_everything_else_in_an_expression() {
        assertThat(Promql.metricNames("sum by (le, shard) (rate(a_bucket{x=~\"b|c(d)\", y!='e'}[5m])) / on (z)"
                        + " group_left (w) f offset 5m unless absent(g_total) > bool 1e3 or 0.5 * h:i:rate5m == Inf"))
                .containsExactly("a_bucket", "f", "g_total", "h:i:rate5m");
        assertThat(files.metricNames())
                .contains(
                        "registration_sync_lag_seconds_bucket",
                        "registration_relay_leader",
                        "http_server_requests_seconds_bucket",
                        "process_uptime_seconds")
                .doesNotContain("up", "ALERTS", "shard", "job", "le")
                .noneMatch(name -> name.contains(":"));
    }

    @Test
    void counters_are_told_from_rates_of_them() {
        assertThat(Promql.bareCounters("sum(rate(a_total{b=\"c\"}[1m])) + increase(d_sum[5m]) + e_seconds"))
                .isEmpty();
        assertThat(Promql.bareCounters("sum(a_total) / rate(b_count[1m]) + max(c_bucket{le=\"1.0\"})"))
                .containsExactly("a_total", "c_bucket");
        assertThat(Promql.bareCounters("max_over_time(a_total[1m])")).containsExactly("a_total");
    }

    /** The lint itself: each fault, planted into a good dashboard, must be found. */
    @TestFactory
    Stream<DynamicTest> a_fault_is_found() {
        return Stream.of(
                fault("has no fixed uid", dashboard -> dashboard.put("uid", "")),
                fault("has an id", dashboard -> dashboard.put("id", 7)),
                fault("is editable", dashboard -> dashboard.put("editable", true)),
                fault("schemaVersion is not 41", dashboard -> dashboard.put("schemaVersion", 42)),
                fault(
                        "no variable shard",
                        dashboard -> variable(dashboard, "shard").put("name", "shards")),
                fault(
                        "not asked again",
                        dashboard -> variable(dashboard, "shard").put("refresh", 1)),
                fault(
                        "variable shard does not use",
                        dashboard -> variable(dashboard, "shard").remove("datasource")),
                fault(
                        "annotation",
                        dashboard ->
                                ((ObjectNode) dashboard.at("/annotations/list/0/datasource")).put("uid", "prometheus")),
                fault("no link to the other dashboards", dashboard -> dashboard.remove("links")),
                fault("has another panel's id", dashboard -> stat(dashboard).put("id", 1)),
                fault("does not fit", dashboard -> ((ObjectNode) stat(dashboard).path("gridPos")).put("w", 25)),
                fault("overlaps", dashboard -> ((ObjectNode) stat(dashboard).path("gridPos")).put("h", 5)),
                fault("has no title", dashboard -> stat(dashboard).put("title", " ")),
                fault("in two lines", dashboard -> stat(dashboard).remove("description")),
                fault("in two lines", dashboard -> stat(dashboard).put("description", "English only.\n\nTwice.")),
                fault(
                        "has no unit",
                        dashboard -> ((ObjectNode) stat(dashboard).at("/fieldConfig/defaults")).remove("unit")),
                fault(
                        "does not use ${datasource}",
                        dashboard -> ((ObjectNode) stat(dashboard).path("datasource")).put("uid", "prometheus")),
                fault(
                        "names a data source",
                        dashboard -> target(dashboard).putObject("datasource").put("uid", "x")),
                fault("has no query", dashboard -> stat(dashboard).putArray("targets")),
                fault("has no refId", dashboard -> target(dashboard).remove("refId")),
                fault(
                        "has no refId of its own",
                        dashboard -> ((ArrayNode) stat(dashboard).path("targets"))
                                .add(target(dashboard).deepCopy())),
                fault("has no expression", dashboard -> target(dashboard).put("expr", "")),
                fault("is not instant", dashboard -> target(dashboard).remove("instant")),
                fault(
                        "other than $__rate_interval",
                        dashboard -> target(dashboard).put("expr", "rate(registration_accepted_total[5m])")),
                fault(
                        "reads the counter registration_accepted_total",
                        dashboard -> target(dashboard).put("expr", "sum(registration_accepted_total)")));
    }

    private DynamicTest fault(String problem, Consumer<ObjectNode> plant) {
        return DynamicTest.dynamicTest(problem, () -> {
            ObjectNode dashboard =
                    requireNonNull(files.dashboards().get("sync-lag.json")).deepCopy();
            plant.accept(dashboard);
            assertThat(DashboardLint.problems(dashboard)).anyMatch(found -> found.contains(problem));
        });
    }

    private static ObjectNode variable(ObjectNode dashboard, String name) {
        return (ObjectNode) dashboard.at("/templating/list").values().stream()
                .filter(variable -> variable.path("name").asString("").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static ObjectNode stat(ObjectNode dashboard) {
        return (ObjectNode) GrafanaFiles.panels(dashboard).stream()
                .filter(panel -> panel.path("type").asString("").equals("stat"))
                .findFirst()
                .orElseThrow();
    }

    private static ObjectNode target(ObjectNode dashboard) {
        return (ObjectNode) stat(dashboard).at("/targets/0");
    }

    private List<String> alerts() {
        return files.rules().stream()
                .map(Rule::alert)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    /** As GitHub makes it from a heading. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    /** By a name that promtool repeats when it does not like the expression. */
    private Map<String, String> expressions() {
        Map<String, String> expressions = files.queries().stream()
                .collect(Collectors.toMap(
                        query -> query.dashboard() + " " + query.panel() + " " + query.refId(), Query::expression));
        files.dashboards().forEach((file, dashboard) -> {
            List<String> annotations = GrafanaFiles.annotations(dashboard);
            for (int i = 0; i < annotations.size(); i++) {
                expressions.put(file + " annotation " + i, annotations.get(i));
            }
        });
        return expressions;
    }

    private static Promtool.Answer checkedAsRules(Path directory, Map<String, String> expressions) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode group = root.putArray("groups").addObject().put("name", "dashboards");
        ArrayNode rules = group.putArray("rules");
        expressions.forEach((name, expression) -> rules.addObject()
                .put("record", name.replaceAll("[^a-zA-Z0-9]+", "_"))
                .put("expr", expression));
        // JSON is YAML.
        Path file = Files.writeString(directory.resolve("dashboards.yml"), JSON.writeValueAsString(root));
        return Promtool.run("check", "rules", List.of(file));
    }
}
