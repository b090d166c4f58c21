package ghidanh.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The dashboards and rules of {@code grafana/}, for the tests that hold them against each other and against a live system. */
final class GrafanaFiles {

    /** How an empty panel begins to say that nothing is the matter; any other text for it means that something is. */
    private static final String NONE = "Không có";

    /** Made by Prometheus itself, in no scrape. */
    private static final Set<String> PROMETHEUS_OWN = Set.of("up", "ALERTS");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path directory;
    private final Map<String, ObjectNode> dashboards = new TreeMap<>();
    private final List<Rule> rules = new ArrayList<>();

    /**
     * An expression of a dashboard, with Grafana's variables replaced: every shard, and a minute for {@code
     * $__rate_interval}.
     *
     * @param mayBeEmpty whether a healthy system under load may have nothing to show here
     */
    record Query(String dashboard, String panel, String refId, String expression, boolean mayBeEmpty) {}

    /** A rule; exactly one of alert and record has a text. */
    record Rule(String file, String alert, String record, String expression, Map<String, Object> annotations) {}

    private GrafanaFiles(Path directory) {
        this.directory = directory;
    }

    /** Reads {@code grafana/} beside this module. */
    static GrafanaFiles read() {
        GrafanaFiles files = new GrafanaFiles(Path.of("..", "grafana"));
        for (Path file : list(files.directory.resolve("dashboards"), ".json")) {
            files.dashboards.put(file.getFileName().toString(), (ObjectNode) JSON.readTree(text(file)));
        }
        for (Path file : files.ruleFiles()) {
            files.rules.addAll(rules(file));
        }
        return files;
    }

    Path prometheusConfiguration() {
        return directory.resolve("prometheus.yml");
    }

    List<Path> ruleFiles() {
        return list(directory.resolve("rules"), ".yml");
    }

    List<Path> ruleTests() {
        return list(directory.resolve("rules").resolve("tests"), ".yml");
    }

    Path handbook() {
        return directory.resolveSibling("docs").resolve("observability.md");
    }

    /** The dashboards by file name. */
    Map<String, ObjectNode> dashboards() {
        return dashboards;
    }

    List<Rule> rules() {
        return rules;
    }

    /** The queries of all panels of all dashboards. */
    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        dashboards.forEach((file, dashboard) -> {
            for (JsonNode panel : panels(dashboard)) {
                String whenEmpty = panel.at("/fieldConfig/defaults/noValue").asString("");
                boolean mayBeEmpty = whenEmpty.startsWith(NONE);
                for (JsonNode target : panel.path("targets")) {
                    queries.add(new Query(
                            file,
                            panel.path("title").asString(""),
                            target.path("refId").asString(""),
                            substituted(target.path("expr").asString("")),
                            mayBeEmpty));
                }
            }
        });
        return queries;
    }

    /** Every metric that dashboards and rules read from a scrape: no recorded ones, none of Prometheus' own. */
    Set<String> metricNames() {
        Set<String> names = new TreeSet<>();
        allExpressions().forEach(expression -> names.addAll(Promql.metricNames(expression)));
        names.removeIf(name -> name.contains(":"));
        names.removeAll(PROMETHEUS_OWN);
        return names;
    }

    /** What panels, annotations and variables ask, and what rules compute. */
    Stream<String> allExpressions() {
        Stream<String> fromDashboards = dashboards.values().stream()
                .flatMap(dashboard ->
                        Stream.of(annotations(dashboard), variables(dashboard)).flatMap(List::stream));
        return Stream.of(
                        queries().stream().map(Query::expression),
                        fromDashboards,
                        rules.stream().map(Rule::expression))
                .flatMap(stream -> stream);
    }

    static List<String> annotations(JsonNode dashboard) {
        return dashboard.at("/annotations/list").values().stream()
                .map(annotation -> substituted(annotation.path("expr").asString("")))
                .toList();
    }

    private static List<String> variables(JsonNode dashboard) {
        return dashboard.at("/templating/list").values().stream()
                .map(variable -> variable.path("definition").asString(""))
                .filter(definition -> definition.startsWith("label_values("))
                .map(definition -> definition.substring("label_values(".length(), definition.indexOf(',')))
                .toList();
    }

    /** All panels, those inside of rows included. */
    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            panels.add(panel);
            panel.path("panels").forEach(panels::add);
        }
        return panels;
    }

    private static String substituted(String expression) {
        return expression.replace("$__rate_interval", "1m").replaceAll("\\$\\{?shard(:\\w+)?}?", ".*");
    }

    private static List<Rule> rules(Path file) {
        List<Rule> rules = new ArrayList<>();
        Map<String, List<Map<String, Object>>> yaml = new Yaml().load(text(file));
        for (Map<String, Object> group : yaml.getOrDefault("groups", List.of())) {
            for (Object entry : (List<?>) group.getOrDefault("rules", List.of())) {
                Map<?, ?> rule = (Map<?, ?>) entry;
                rules.add(new Rule(
                        file.getFileName().toString(),
                        string(rule, "alert"),
                        string(rule, "record"),
                        string(rule, "expr"),
                        stringKeys(rule.get("annotations"))));
            }
        }
        return rules;
    }

    private static String string(Map<?, ?> map, String key) {
        return map.containsKey(key) ? String.valueOf(map.get(key)) : "";
    }

    private static Map<String, Object> stringKeys(@Nullable Object value) {
        Map<String, Object> result = new TreeMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, text) -> result.put(String.valueOf(key), text));
        }
        return result;
    }

    private static List<Path> list(Path directory, String suffix) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
