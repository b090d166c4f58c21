package ghidanh.event;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of an event: {@code {"v":1,"shard":"5433","entity":"registration","id":17}}. */
public final class EventJson {

    private static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EventJson() {}

    public static byte[] write(ChangeEvent event) {
        // Shard names are [a-z0-9_] and entities an enum: nothing needs escaping.
        return ("{\"v\":" + VERSION + ",\"shard\":\"" + event.shard() + "\",\"entity\":\""
                        + event.entity().outboxName() + "\",\"id\":" + event.id() + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @throws UnreadableEventException saying what is wrong with the record */
    public static ChangeEvent read(byte @Nullable [] json) {
        if (json == null) {
            throw new UnreadableEventException("the record has no value");
        }
        JsonNode event = parse(json);
        JsonNode version = event.path("v");
        if (!version.isInt() || version.intValue() != VERSION) {
            throw new UnreadableEventException(
                    "event version " + version + " is not known here; this reads " + VERSION);
        }
        JsonNode shard = event.path("shard");
        JsonNode entity = event.path("entity");
        JsonNode id = event.path("id");
        if (!shard.isString() || !entity.isString() || !id.isIntegralNumber() || !id.canConvertToLong()) {
            throw new UnreadableEventException("event without shard, entity or id: " + event);
        }
        ChangeEvent read = new ChangeEvent(
                shard.stringValue(),
                Entity.of(entity.stringValue())
                        .orElseThrow(() -> new UnreadableEventException("unknown entity " + entity)),
                id.longValue());
        if (read.entity() != Entity.REGISTRATION && read.id() != (int) read.id()) {
            throw new UnreadableEventException(
                    read.entity().outboxName() + " " + read.id() + ": no such number is possible");
        }
        return read;
    }

    private static JsonNode parse(byte[] json) {
        try {
            JsonNode event = JSON.readTree(json);
            if (!event.isObject()) {
                throw new UnreadableEventException("the value is not a JSON object");
            }
            return event;
        } catch (JacksonException e) {
            throw new UnreadableEventException("the value is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
