package ghidanh.registration.web;

import ghidanh.registration.web.FieldError.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of a JSON object strictly and gathers everything that is wrong, so that a client learns it all at once.
 * Field by field: data binding would stop at the first error, and turn {@code "17"} and {@code 17.9} into 17.
 */
public final class JsonFields {

    private static final int SHOWN = 40;

    private final JsonNode object;
    private final String at;
    private final List<FieldError> errors = new ArrayList<>();
    private final Set<String> known = new HashSet<>();

    /**
     * Starts reading.
     *
     * @param at pointer to the object in the body; empty for the body itself
     */
    public JsonFields(JsonNode object, String at) {
        this.object = object;
        this.at = at;
        if (!object.isObject()) {
            errors.add(new FieldError(at, Code.TYPE, "must be a JSON object"));
        }
    }

    /** A number from 1 to 2147483647; 0 if there is an error. */
    public int number(String name) {
        Integer number = optionalNumber(name);
        if (number == null && object.isObject() && isAbsent(name)) {
            error(name, Code.REQUIRED, "is missing");
        }
        return number == null ? 0 : number;
    }

    /** A number from 1 to 2147483647; null if it is absent or there is an error. */
    public @Nullable Integer optionalNumber(String name) {
        known.add(name);
        JsonNode value = object.path(name);
        if (isAbsent(name)) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            error(name, Code.TYPE, "must be a whole number, not " + shown(value));
            return null;
        }
        if (!value.canConvertToInt() || value.intValue() < 1) {
            error(name, Code.RANGE, "must be from 1 to " + Integer.MAX_VALUE + ", not " + shown(value));
            return null;
        }
        return value.intValue();
    }

    /** A text; null if it is absent or there is an error. */
    public @Nullable String optionalText(String name) {
        known.add(name);
        JsonNode value = object.path(name);
        if (isAbsent(name)) {
            return null;
        }
        if (!value.isString()) {
            error(name, Code.TYPE, "must be a text in quotes, not " + shown(value));
            return null;
        }
        return value.stringValue();
    }

    /** A list of 1 to {@code most} elements; empty if there is an error. */
    public List<JsonNode> list(String name, int most) {
        known.add(name);
        JsonNode value = object.path(name);
        if (isAbsent(name)) {
            if (object.isObject()) {
                error(name, Code.REQUIRED, "is missing");
            }
            return List.of();
        }
        if (!value.isArray()) {
            error(name, Code.TYPE, "must be a list, not " + shown(value));
            return List.of();
        }
        if (value.isEmpty() || value.size() > most) {
            error(name, Code.RANGE, "must have from 1 to " + most + " elements, not " + value.size());
            return List.of();
        }
        return List.copyOf(value.values());
    }

    /** What is wrong with the fields that were read; any other field is unknown. */
    public List<FieldError> errors() {
        List<FieldError> all = new ArrayList<>(errors);
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                all.add(new FieldError(pointer(name), Code.UNKNOWN_FIELD, "is not a field of this request"));
            }
        }
        return all;
    }

    private boolean isAbsent(String name) {
        JsonNode value = object.path(name);
        return value.isMissingNode() || value.isNull();
    }

    private void error(String name, Code code, String message) {
        errors.add(new FieldError(pointer(name), code, message));
    }

    private String pointer(String name) {
        String shown = name.length() > SHOWN ? name.substring(0, SHOWN) : name;
        return at + "/" + shown.replace("~", "~0").replace("/", "~1");
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
