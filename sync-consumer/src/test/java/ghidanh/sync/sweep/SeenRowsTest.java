package ghidanh.sync.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SeenRowsTest {

    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    private final SeenRows seen = new SeenRows();

    @Test
    void a_row_is_known_since_it_was_first_seen_in_its_version_and_in_every_look_since() {
        assertThat(look(0, 1)).isEqualTo(FIRST);
        assertThat(look(5, 1)).isEqualTo(FIRST);
        assertThat(look(10, 2)).isEqualTo(FIRST.plusSeconds(10));
        assertThat(look(15, 2)).isEqualTo(FIRST.plusSeconds(10));
        seen.beginLook();
        assertThat(look(25, 2)).isEqualTo(FIRST.plusSeconds(25));
    }

    private Instant look(int second, long version) {
        seen.beginLook();
        return seen.note(17, version, FIRST.plusSeconds(second));
    }
}
