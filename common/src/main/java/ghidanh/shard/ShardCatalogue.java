package ghidanh.shard;

import java.util.ArrayList;
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
        List<Shard> seen = new ArrayList<>();
        for (Shard shard : shards.values()) {
            for (Shard other : seen) {
                refuseOverlap(other, shard);
            }
            for (int i = 0; i < shard.universities().size(); i++) {
                for (int j = 0; j < i; j++) {
                    refuse(
                            shard,
                            shard.universities().get(j),
                            shard,
                            shard.universities().get(i));
                }
            }
            seen.add(shard);
        }
    }

    private static void refuseOverlap(Shard one, Shard two) {
        for (UniversityRange left : one.universities()) {
            for (UniversityRange right : two.universities()) {
                refuse(one, left, two, right);
            }
        }
    }

    private static void refuse(Shard one, UniversityRange left, Shard two, UniversityRange right) {
        if (left.overlaps(right)) {
            throw new InvalidCatalogueException("ghidanh.shards." + one.name() + ".universities has " + left
                    + " and ghidanh.shards." + two.name() + ".universities has " + right
                    + ": a university lives in one shard only");
        }
    }
}
