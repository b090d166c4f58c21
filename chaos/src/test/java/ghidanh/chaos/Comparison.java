package ghidanh.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One kind of rows of one shard, compared with the master's.
 *
 * @param what such as "registrations of shard 5433"
 * @param examples of what is wrong, for people
 */
record Comparison(
        String what,
        long onShard,
        long onMaster,
        long missing,
        long different,
        long extra,
        long twice,
        List<String> examples) {

    private static final int EXAMPLES = 5;

    static Comparison of(String what, Table shard, Table master) {
        long missing = 0;
        long different = 0;
        List<String> examples = new ArrayList<>();
        for (var row : shard.rows().entrySet()) {
            String there = master.rows().get(row.getKey());
            if (there == null) {
                missing++;
            } else if (!there.equals(row.getValue())) {
                different++;
            } else {
                continue;
            }
            if (examples.size() < EXAMPLES) {
                examples.add(what + " " + row.getKey() + ": shard [" + row.getValue() + "], master ["
                        + (there == null ? "nothing" : there) + "]");
            }
        }
        long extra = 0;
        for (var row : master.rows().entrySet()) {
            if (!shard.rows().containsKey(row.getKey())) {
                extra++;
                if (examples.size() < EXAMPLES) {
                    examples.add(what + " " + row.getKey() + ": not on the shard, master [" + row.getValue() + "]");
                }
            }
        }
        return new Comparison(
                what,
                shard.count(),
                master.count(),
                missing,
                different,
                extra,
                master.count() - master.rows().size(),
                examples);
    }

    boolean agrees() {
        return agreesButForExtra() && extra == 0;
    }

    /** What a shard has lost is extra, until a person decides. */
    boolean agreesButForExtra() {
        return missing == 0 && different == 0 && twice == 0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %,d on the shard, %,d on the master; %d missing, %d different, %d twice, %d extra",
                what,
                onShard,
                onMaster,
                missing,
                different,
                twice,
                extra);
    }
}
