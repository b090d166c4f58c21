package ghidanh.benchmarks;

import java.util.List;

/**
 * A line of a benchmark's table.
 *
 * @param what what was measured
 * @param wanted the target in words, "at least 1.0 x pgbench"
 * @param measured the result in the same words and units
 */
public record Target(String what, String wanted, String measured, boolean met) {

    /** Prints the lines as a Markdown table, as they stand in benchmarks/README.md. */
    public static void print(List<Target> targets) {
        System.out.println("| what | target | measured | |");
        System.out.println("|---|---|---|---|");
        for (Target target : targets) {
            System.out.printf(
                    "| %s | %s | %s | %s |%n",
                    target.what, target.wanted, target.measured, target.met ? "pass" : "FAIL");
        }
    }
}
