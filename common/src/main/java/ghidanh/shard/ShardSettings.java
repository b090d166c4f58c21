package ghidanh.shard;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the databases are; {@code ghidanh-shards.yml} holds the defaults. Adding a shard is adding an entry here, in both
 * services.
 *
 * @param master the master, as the services reach it
 * @param shards the shards by name; the name becomes part of table and topic names
 */
@Validated
@ConfigurationProperties("ghidanh")
public record ShardSettings(
        @Valid @NotNull @NestedConfigurationProperty Database master,
        @NotEmpty Map<@Pattern(regexp = "[a-z0-9_]{1,30}") String, @Valid OneShard> shards) {

    /**
     * A shard.
     *
     * @param label what people read; the shard's name where empty
     * @param universities u_id ranges whose students live here, such as 1-10
     * @param url JDBC URL, as the services reach it
     * @param username role that owns tables and functions: it migrates, and stands in for every role without a password
     * @param password its password
     * @param roles passwords of web, relay, observer and fdw, each the role of one kind of connection
     * @param fdwHost host as the master reaches it
     * @param fdwPort port as the master reaches it
     * @param fdwDatabase database on the shard
     */
    public record OneShard(
            @DefaultValue("") String label,
            @NotEmpty List<UniversityRange> universities,
            @NotBlank String url,
            @DefaultValue("postgres") @NotBlank String username,
            @DefaultValue("") String password,
            @DefaultValue Map<Role, String> roles,
            @DefaultValue("localhost") @NotBlank String fdwHost,
            @Min(1) @Max(65535) int fdwPort,
            @DefaultValue("enrollment_db") @NotBlank String fdwDatabase) {

        Shard shard(String name) {
            return new Shard(
                    name,
                    label.isEmpty() ? name : label,
                    universities,
                    new Database(url, username, password, roles),
                    new Shard.Fdw(fdwHost, fdwPort, fdwDatabase));
        }
    }

    public Database masterDatabase() {
        return master;
    }

    /** @throws IllegalArgumentException if two shards claim the same university, or a database has no password */
    public ShardCatalogue catalogue() {
        var catalogue = new ShardCatalogue(shards.entrySet().stream()
                .map(entry -> entry.getValue().shard(entry.getKey()))
                .toList());
        refuseMissingPasswords(catalogue);
        return catalogue;
    }

    private void refuseMissingPasswords(ShardCatalogue catalogue) {
        var missing = new ArrayList<String>();
        if (!master.hasPassword()) {
            missing.add("ghidanh.master.password");
        }
        catalogue.all().stream()
                .filter(shard -> !shard.database().hasPassword())
                .forEach(shard -> missing.add("ghidanh.shards." + shard.name() + ".password"));
        if (!missing.isEmpty()) {
            throw new InvalidCatalogueException(
                    "set " + String.join(", ", missing)
                            + ": no password is built in; a file for each is best (spring.config.import=configtree:/run/secrets/)");
        }
    }
}
