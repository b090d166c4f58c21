package ghidanh.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardCatalogueTest {

    @Test
    void a_university_leads_to_its_shard() {
        ShardCatalogue catalogue = new ShardCatalogue(List.of(shard("5434", "11-20"), shard("5433", "1-9", "10")));

        assertThat(catalogue.names()).containsExactly("5433", "5434");
        assertThat(catalogue.ofUniversity(10)).map(Shard::name).contains("5433");
        assertThat(catalogue.ofUniversity(11)).map(Shard::name).contains("5434");
        assertThat(catalogue.ofUniversity(21)).isEmpty();
    }

    @Test
    void overlapping_ranges_are_refused_by_name() {
        assertThatThrownBy(() -> new ShardCatalogue(List.of(shard("5433", "1-10"), shard("5434", "10-20"))))
                .hasMessageContaining("ghidanh.shards.5433.universities has 1-10")
                .hasMessageContaining("ghidanh.shards.5434.universities has 10-20");
        assertThatThrownBy(() -> new ShardCatalogue(List.of(shard("5433", "1-10", "3"))))
                .hasMessageContaining("ghidanh.shards.5433.universities has 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1-", "-1", "9-1", "0-3", "1-2-3", "99999999999"})
    void what_is_not_a_range_is_refused(String text) {
        assertThatThrownBy(() -> UniversityRange.valueOf(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Shard shard(String name, String... ranges) {
        return new Shard(
                name,
                name,
                Stream.of(ranges).map(UniversityRange::valueOf).toList(),
                new Database("jdbc:postgresql://localhost/x", "postgres", "", Map.of()),
                new Shard.Fdw("localhost", 5432, "x"));
    }
}
