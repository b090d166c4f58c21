package ghidanh.demo;

import static ghidanh.demo.GrafanaFiles.panels;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What every dashboard must keep to, as far as its file shows: the rules of Grafana's own linter that matter here, and ours.
 * Returns sentences that name the panel.
 */
final class DashboardLint {

    private static final String DATA_SOURCE = "${datasource}";
    private static final Set<String> WITHOUT_QUERY = Set.of("row", "text");
    private static final int WIDTH = 24;

    private final JsonNode dashboard;
    private final List<String> problems = new ArrayList<>();

    private DashboardLint(JsonNode dashboard) {
        this.dashboard = dashboard;
    }

    static List<String> problems(JsonNode dashboard) {
        DashboardLint lint = new DashboardLint(dashboard);
        lint.identity();
        lint.variables();
        lint.annotations();
        lint.links();
        lint.panelIds();
        lint.places();
        panels(dashboard).forEach(lint::panel);
        return lint.problems;
    }

    private void identity() {
        must(text(dashboard, "uid").matches("ghidanh-[a-z0-9-]+"), "the dashboard has no fixed uid ghidanh-...");
        must(!dashboard.has("id"), "the dashboard has an id, which belongs to one server's database");
        must(!text(dashboard, "title").isBlank(), "the dashboard has no title");
        must(!dashboard.path("editable").asBoolean(true), "the dashboard is editable");
        must(dashboard.path("schemaVersion").asInt(0) == 41, "schemaVersion is not 41");
        bilingual(dashboard, "the dashboard");
    }

    private void variables() {
        List<JsonNode> variables =
                dashboard.at("/templating/list").values().stream().toList();
        for (String name : List.of("datasource", "shard", "interval")) {
            must(
                    variables.stream()
                            .anyMatch(variable -> text(variable, "name").equals(name)),
                    "there is no variable " + name);
        }
        for (JsonNode variable : variables) {
            if (text(variable, "type").equals("query")) {
                String name = "variable " + text(variable, "name");
                must(variable.path("refresh").asInt(0) == 2, name + " is not asked again when the time range changes");
                dataSource(variable, name);
            }
        }
    }

    private void annotations() {
        for (JsonNode annotation : dashboard.at("/annotations/list")) {
            String name = "annotation '" + text(annotation, "name") + "'";
            dataSource(annotation, name);
            counters(text(annotation, "expr"), name);
        }
    }

    private void links() {
        must(
                dashboard.path("links").values().stream()
                        .anyMatch(link -> text(link, "type").equals("dashboards")
                                && link.path("includeVars").asBoolean(false)
                                && link.path("keepTime").asBoolean(false)),
                "there is no link to the other dashboards that carries variables and time");
    }

    private void panelIds() {
        Set<Integer> seen = new HashSet<>();
        for (JsonNode panel : panels(dashboard)) {
            must(seen.add(panel.path("id").asInt(0)), name(panel) + " has another panel's id");
        }
    }

    private void places() {
        Set<String> taken = new HashSet<>();
        for (JsonNode panel : panels(dashboard)) {
            JsonNode place = panel.path("gridPos");
            int x = place.path("x").asInt(0);
            int y = place.path("y").asInt(0);
            int width = place.path("w").asInt(0);
            int height = place.path("h").asInt(0);
            must(width > 0 && height > 0 && x + width <= WIDTH, name(panel) + " does not fit into the grid");
            boolean free = true;
            for (int column = x; column < x + width; column++) {
                for (int line = y; line < y + height; line++) {
                    free &= taken.add(column + "," + line);
                }
            }
            must(free, name(panel) + " overlaps another panel");
        }
    }

    private void panel(JsonNode panel) {
        String name = name(panel);
        must(!text(panel, "title").isBlank(), name + " has no title");
        if (text(panel, "type").equals("row")) {
            return;
        }
        bilingual(panel, name);
        if (WITHOUT_QUERY.contains(text(panel, "type"))) {
            return;
        }
        dataSource(panel, name);
        must(!panel.at("/fieldConfig/defaults/unit").asString("").isBlank(), name + " has no unit");
        targets(panel, name);
    }

    private void targets(JsonNode panel, String name) {
        must(!panel.path("targets").isEmpty(), name + " has no query");
        Set<String> refIds = new HashSet<>();
        for (JsonNode target : panel.path("targets")) {
            String refId = text(target, "refId");
            String query = name + ", query " + refId;
            String expression = text(target, "expr");
            must(!refId.isBlank() && refIds.add(refId), query + " has no refId of its own");
            must(!expression.isBlank(), query + " has no expression");
            must(
                    !target.has("datasource") || isTemplated(target),
                    query + " names a data source instead of " + DATA_SOURCE);
            must(
                    Promql.ranges(expression).stream().allMatch("$__rate_interval"::equals),
                    query + " has a range other than $__rate_interval (record it in a rule)");
            counters(expression, query);
            // The last value of a range may be old, where a measurement fails with NaN or nothing on purpose.
            must(
                    !text(panel, "type").equals("stat")
                            || target.path("instant").asBoolean(false),
                    query + " of a stat is not instant");
        }
    }

    private void counters(String expression, String where) {
        for (String counter : Promql.bareCounters(expression)) {
            problems.add(where + " reads the counter " + counter + " outside of rate and increase");
        }
    }

    private void dataSource(JsonNode node, String name) {
        must(isTemplated(node), name + " does not use " + DATA_SOURCE);
    }

    private static boolean isTemplated(JsonNode node) {
        return node.at("/datasource/uid").asString("").equals(DATA_SOURCE);
    }

    /** Vietnamese first, then English, a paragraph each. */
    private void bilingual(JsonNode node, String name) {
        List<String> lines = Stream.of(text(node, "description").split("\n"))
                .filter(line -> !line.isBlank())
                .toList();
        must(
                lines.size() == 2 && hasAccents(lines.get(0)) && !hasAccents(lines.get(1)),
                name + " has no description in two lines, Vietnamese and English");
    }

    private static boolean hasAccents(String text) {
        return text.codePoints().anyMatch(c -> c > 127 && Character.isLetter(c));
    }

    private void must(boolean kept, String problem) {
        if (!kept) {
            problems.add(problem);
        }
    }

    private static String name(JsonNode panel) {
        return "panel " + panel.path("id").asInt(0) + " '" + text(panel, "title") + "'";
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
