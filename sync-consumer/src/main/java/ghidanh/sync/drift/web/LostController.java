package ghidanh.sync.drift.web;

import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.drift.LostRegistrations;
import ghidanh.web.Api;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The registrar's list of what shards have lost. */
@RestController
class LostController {

    private static final int MOST = 1_000;

    private final LostRegistrations lost;
    private final ShardCatalogue catalogue;

    LostController(LostRegistrations lost, ShardCatalogue catalogue) {
        this.lost = lost;
        this.catalogue = catalogue;
    }

    /** The newest thousand at most. */
    record LostList(List<LostRegistrations.Lost> items) {}

    @Api(
            value = "Shows the registrations that shards have lost of the caller's universities, the newest thousand",
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.REGISTRAR)
    @GetMapping("/api/lost-registrations")
    LostList list(
            @RequestParam @Nullable String shard, @RequestParam(defaultValue = "false") boolean found, Caller caller) {
        String known = shard == null ? null : Problem.known(shard, catalogue);
        return new LostList(lost.newest(known, caller.universities(), found, MOST));
    }
}
