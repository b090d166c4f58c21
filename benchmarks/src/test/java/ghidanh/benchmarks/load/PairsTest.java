package ghidanh.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.benchmarks.load.Pairs.Pair;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairsTest {

    private static final int PLACES = 300_000;

    @Test
    void nobody_asks_twice_in_a_spread_or_a_hot_rush() {
        assertThat(counts(Pairs::spread)).hasSize(PLACES);
        assertThat(counts(Pairs::hot)).hasSize(PLACES);
    }

    @Test
    void everybody_asks_twice_in_a_contested_rush() {
        assertThat(counts(Pairs::contested).values()).hasSize(PLACES / 2).containsOnly(2);
    }

    @Test
    void students_and_sections_exist() {
        counts(Pairs::spread).keySet().forEach(PairsTest::exists);
        counts(Pairs::hot).keySet().forEach(PairsTest::exists);
        counts(Pairs::contested).keySet().forEach(PairsTest::exists);
    }

    private static Map<Pair, Integer> counts(Pairs pairs) {
        Map<Pair, Integer> counts = new HashMap<>();
        for (int place = 0; place < PLACES; place++) {
            counts.merge(pairs.at(place), 1, Integer::sum);
        }
        return counts;
    }

    private static void exists(Pair pair) {
        assertThat(pair.stno()).isBetween(1, Pairs.STUDENTS);
        assertThat(pair.secNo()).isBetween(1, Pairs.SECTIONS);
    }
}
