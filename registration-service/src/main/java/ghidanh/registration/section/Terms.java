package ghidanh.registration.section;

import ghidanh.registration.database.Answers;
import ghidanh.registration.database.ShardDatabases;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Knows the current term. */
@Component
public final class Terms {

    private static final String LATEST = """
            -- Terms
            select year, semester
              from sections
             order by year desc, semester desc
             limit 1
            """;

    private final ShardDatabases databases;
    private final TermSettings settings;

    Terms(ShardDatabases databases, TermSettings settings) {
        this.databases = databases;
        this.settings = settings;
    }

    /** The current term of each shard that has sections; the greatest is the system's. */
    public CompletableFuture<Answers<Term>> current() {
        return settings.fixed()
                .map(term -> CompletableFuture.completedFuture(new Answers<>(List.of(term), List.of())))
                .orElseGet(() -> databases.askAll(
                        (shard, client) -> latest(client).stream().toList()));
    }

    /** The current term on one shard: what its university has not published yet cannot hide what it has. */
    Optional<Term> current(JdbcClient shard) {
        return settings.fixed().or(() -> latest(shard));
    }

    private static Optional<Term> latest(JdbcClient shard) {
        return shard.sql(LATEST)
                .query((row, number) -> new Term(row.getInt("year"), row.getInt("semester")))
                .optional();
    }
}
