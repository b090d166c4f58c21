package ghidanh.sync.drift.web;

import ghidanh.sync.drift.LostRegistrations;
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

    LostController(LostRegistrations lost) {
        this.lost = lost;
    }

    /** The newest thousand at most. */
    record LostList(List<LostRegistrations.Lost> items) {}

    @GetMapping("/api/lost-registrations")
    LostList list(@RequestParam @Nullable String shard, @RequestParam(defaultValue = "false") boolean found) {
        return new LostList(lost.newest(shard, found, MOST));
    }
}
