package ghidanh.sync.job.web;

import ghidanh.shard.ShardCatalogue;
import ghidanh.web.FieldError.Code;
import ghidanh.web.JsonFields;
import ghidanh.web.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the fields that orders of several kinds share. */
public final class JobFields extends JsonFields {

    /** Events or rows a second. */
    public static final int MAX_RATE = 1_000_000;

    private final ShardCatalogue catalogue;

    public JobFields(JsonNode body, ShardCatalogue catalogue) {
        super(body);
        this.catalogue = catalogue;
    }

    /**
     * A shard's name; empty if there is an error.
     *
     * @throws ghidanh.web.ProblemException if there is no such shard
     */
    public String shard() {
        require("shard");
        String shard = optionalText("shard");
        return shard == null ? "" : Problem.known(shard, catalogue);
    }

    /**
     * A shard's name; null for "all", or if there is an error.
     *
     * @throws ghidanh.web.ProblemException if there is no such shard
     */
    public @Nullable String shardOrAll() {
        require("shard");
        String shard = optionalText("shard");
        return shard == null || shard.equals("all") ? null : Problem.known(shard, catalogue);
    }

    /** True if it is absent, so that doing it takes a second thought. */
    public boolean dryRun() {
        return flag("dryRun", true);
    }

    /** Of {@code maxPerSecond}; 0 for the usual limit. */
    public int rate() {
        Integer rate = optionalNumber("maxPerSecond", MAX_RATE);
        return rate == null ? 0 : rate;
    }

    /** Who writes says why; others need not. */
    public String reason(boolean writes) {
        String reason = optionalText("reason");
        if (writes && (reason == null || reason.isBlank())) {
            error("reason", Code.REQUIRED, "is missing: the audit keeps why someone wrote to the master");
        }
        return reason == null ? "" : reason.strip();
    }
}
