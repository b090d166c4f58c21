package ghidanh.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonFieldsTest {

    static Stream<byte[]> bodies() {
        return Stream.of(
                        "{\"number\":17,\"text\":\"x\",\"flag\":true,\"list\":[{\"number\":1}]}",
                        "{\"number\":1e400,\"text\":\"\\u0000\",\"list\":[1],\"a/b~c\":null}",
                        "{\"number\":2147483648}",
                        "[]",
                        "")
                .map(body -> body.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("bodies")
    @FuzzTest(maxDuration = "1m")
    void whatever_a_body_has_is_read_or_told_field_by_field(byte @Nullable [] body) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(body == null ? new byte[0] : body);
        } catch (JacksonException e) {
            return; // told before
        }
        var fields = new JsonFields(json);
        int number = fields.number("number");
        String text = fields.optionalText("text");
        fields.flag("flag", false);
        List<JsonFields> objects = fields.objects("list", 3);
        objects.forEach(object -> object.optionalNumber("number", 3));
        try {
            assertThat(fields.checked(number)).isPositive();
            assertThat(text == null ? "" : text).hasSizeLessThanOrEqualTo(JsonFields.LONGEST_TEXT);
            assertThat(objects).hasSizeBetween(1, 3);
        } catch (ProblemException e) {
            assertThat(Problem.json(e.problem().body())).isNotEmpty();
            assertThat(e.problem().properties()).containsKey("errors");
        }
    }
}
