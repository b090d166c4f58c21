package ghidanh.shard;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All shards, by name and in order of name. No university lives in two of them. */
public final class ShardCatalogue {

    private final Map<String, Shard> shards = new LinkedHashMap<>();

    /** @throws IllegalArgumentException naming the shards and the setting, if two claim the same university */
    public ShardCatalogue(Collection<Shard> shards) {
        shards.stream()
                .sorted(Comparator.comparing(Shard::name))
                .forEach(shard -> this.shards.put(shard.name(), shard));
        if (this.shards.isEmpty()) {
            throw new InvalidCatalogueException("no shard is configured: set ghidanh.shards.<name>.*");
        }
        refuseOverlaps();
    }

    public List<Shard> all() {
        return List.copyOf(shards.values());
    }

    public List<String> names() {
        return List.copyOf(shards.keySet());
    }

    public Optional<Shard> find(String name) {
        return Optional.ofNullable(shards.get(name));
    }

    /** The shard where students of university {@code uId} live; empty where no shard's range has it. */
    public Optional<Shard> ofUniversity(int uId) {
        return shards.values().stream()
                .filter(shard -> shard.hasUniversity(uId))
                .findFirst();
    }

    private void refuseOverlaps() {
        List<Claim> claims = shards.values().stream()
                .flatMap(shard -> shard.universities().stream().map(range -> new Claim(shard, range)))
                .toList();
        for (int i = 0; i < claims.size(); i++) {
            for (Claim earlier : claims.subList(0, i)) {
                refuseOverlap(earlier, claims.get(i));
            }
        }
    }

    private record Claim(Shard shard, UniversityRange range) {}

    private static void refuseOverlap(Claim one, Claim two) {
        if (one.range().overlaps(two.range())) {
            throw new InvalidCatalogueException(
                    "ghidanh.shards." + one.shard().name() + ".universities has " + one.range() + " and ghidanh.shards."
                            + two.shard().name() + ".universities has " + two.range()
                            + ": a university lives in one shard only");
        }
    }
}
