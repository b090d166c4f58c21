package ghidanh.servers;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Who gets what status where, written as a table of lines such as {@code GET /api/me | 401 200}: a method, a path, perhaps the
 * name of a body in braces, and a status for each caller.
 *
 * @param callers in the order of the columns
 */
public record AccessMatrix(List<String> callers, List<Row> rows) {

    private static final Pattern ROW = Pattern.compile("(\\S+) +(/\\S+)(?: \\{(\\w*)})? *\\| (.*)");

    private static final Set<String> PAGES = Set.of("LoginPage", "ErrorPage");

    /**
     * A line.
     *
     * @param body its name; "-" for none
     */
    public record Row(String method, String path, String body, List<Integer> statuses) {}

    /** Sends one request and returns its status. */
    @FunctionalInterface
    public interface Client {
        int status(Row row, String caller) throws Exception;
    }

    /** @throws IllegalArgumentException if a line is none, or has not a status for each caller */
    public static AccessMatrix of(List<String> callers, String table) {
        return new AccessMatrix(
                callers, table.lines().map(line -> row(line, callers.size())).toList());
    }

    private static Row row(String line, int columns) {
        var row = ROW.matcher(line);
        if (!row.matches()) {
            throw new IllegalArgumentException(line);
        }
        List<Integer> statuses =
                List.of(row.group(4).split(" ")).stream().map(Integer::valueOf).toList();
        if (statuses.size() != columns) {
            throw new IllegalArgumentException(columns + " statuses wanted: " + line);
        }
        return new Row(row.group(1), row.group(2), row.group(3) == null ? "-" : row.group(3), statuses);
    }

    /** Walks all cells, prints how many they are, and returns those that are otherwise. */
    public List<String> differences(Client client) throws Exception {
        List<String> differences = new ArrayList<>();
        for (Row row : rows) {
            for (int i = 0; i < callers.size(); i++) {
                int status = client.status(row, callers.get(i));
                if (status != row.statuses().get(i)) {
                    differences.add(callers.get(i) + ": " + status + " for " + row);
                }
            }
        }
        System.out.printf("Access: %d cells of %d rows%n", rows.size() * callers.size(), rows.size());
        return differences;
    }

    /** Which endpoints of a service have no row; those of its pages need none. */
    public Set<String> missing(RequestMappingHandlerMapping service) {
        Set<String> missing = new TreeSet<>();
        service.getHandlerMethods().forEach((mapping, handler) -> {
            Class<?> type = handler.getBeanType();
            if (type.getPackageName().startsWith("ghidanh.") && !PAGES.contains(type.getSimpleName())) {
                mapping.getPatternValues()
                        .forEach(path -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + path)
                                .filter(endpoint -> !has(endpoint))
                                .forEach(missing::add));
            }
        });
        return missing;
    }

    private boolean has(String endpoint) {
        Pattern shape = Pattern.compile(endpoint.replaceAll("\\{[^}]*}", "[^/]+"));
        return rows.stream()
                .map(row -> row.method() + " " + row.path().replaceAll("\\?.*", ""))
                .anyMatch(row -> shape.matcher(row).matches());
    }
}
