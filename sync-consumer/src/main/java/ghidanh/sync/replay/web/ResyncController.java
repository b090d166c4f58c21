package ghidanh.sync.replay.web;

import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.web.JobFields;
import ghidanh.sync.job.web.JobView;
import ghidanh.sync.replay.Resyncs;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
class ResyncController {

    private final Resyncs resyncs;
    private final ShardCatalogue catalogue;

    ResyncController(Resyncs resyncs, ShardCatalogue catalogue) {
        this.resyncs = resyncs;
        this.catalogue = catalogue;
    }

    @PostMapping("/api/resyncs")
    ResponseEntity<JobView> start(@RequestBody JsonNode body, HttpServletRequest http) {
        var fields = new JobFields(body, catalogue);
        boolean dryRun = fields.dryRun();
        var order = new Resyncs.Order(
                fields.shardOrAll(), dryRun, fields.rate(), fields.reason(!dryRun), fields.requestedBy(http));
        return JobView.accepted(resyncs.start(fields.checked(order)));
    }
}
