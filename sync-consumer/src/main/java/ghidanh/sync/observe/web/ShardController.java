package ghidanh.sync.observe.web;

import ghidanh.access.Allowed;
import ghidanh.access.UserRole;
import ghidanh.sync.observe.Observers;
import ghidanh.web.Api;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ShardController {

    private final Observers observers;

    ShardController(Observers observers) {
        this.observers = observers;
    }

    /** All shards. */
    record ShardList(List<Observers.ShardView> shards) {}

    @Api("Shows what is measured of each shard")
    @Allowed(UserRole.OPERATOR)
    @GetMapping("/api/shards")
    ShardList shards() {
        return new ShardList(observers.views());
    }
}
