package ghidanh.web;

import ghidanh.web.FieldError.Code;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of a JSON object strictly and gathers everything that is wrong, so that a client learns it all at once.
 * Not by data binding and Bean Validation, since Jackson 3.1 stops at the first value of a wrong type even where it collects
 * problems ({@code readValueCollectingProblems} does not see refused coercions), and what is not bound is not validated.
 */
public class JsonFields {

    private static final int SHOWN = 40;
    private static final int FIRST_YEAR = 1900;
    private static final int LAST_YEAR = 2199;
    public static final int LONGEST_TEXT = 500;
    /** Of what a registrar gives as a reason. */
    public static final int LONGEST_REASON = 200;

    private final JsonNode object;
    private final String at;
    private final List<FieldError> errors;
    private final Set<String> known = new HashSet<>();
    private final List<JsonFields> elements = new ArrayList<>();

    /** Starts reading a body. */
    public JsonFields(JsonNode body) {
        this(body, "", new ArrayList<>());
    }

    private JsonFields(JsonNode object, String at, List<FieldError> errors) {
        this.object = object;
        this.at = at;
        this.errors = errors;
        if (!object.isObject()) {
            errors.add(new FieldError(at, Code.TYPE, "must be a JSON object"));
        }
    }

    /** A number from 1 to 2147483647; 0 if there is an error. */
    public final int number(String name) {
        require(name);
        Integer number = optionalNumber(name, Integer.MAX_VALUE);
        return number == null ? 0 : number;
    }

    /** A number from 1 to {@code most}; null if it is absent or there is an error. */
    public final @Nullable Integer optionalNumber(String name, int most) {
        return optionalNumber(name, 1, most);
    }

    /** A number from {@code least} to {@code most}; null if it is absent or there is an error. */
    public final @Nullable Integer optionalNumber(String name, int least, int most) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            error(name, Code.TYPE, "must be a whole number, not " + shown(value));
            return null;
        }
        if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
            error(name, Code.RANGE, "must be from " + least + " to " + most + ", not " + shown(value));
            return null;
        }
        return value.intValue();
    }

    /** A text of at most 500 characters; null if it is absent or there is an error. */
    public final @Nullable String optionalText(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            error(name, Code.TYPE, "must be a text in quotes, not " + shown(value));
            return null;
        }
        String text = value.stringValue();
        if (text.length() > LONGEST_TEXT || text.indexOf('\0') >= 0) {
            error(name, Code.FORMAT, "must have at most " + LONGEST_TEXT + " characters, none of them NUL");
            return null;
        }
        return text;
    }

    /** A text of 1 to 200 characters that says something; null if it is absent or there is an error. */
    public final @Nullable String optionalReason(String name) {
        String reason = optionalText(name);
        if (reason != null && (reason.isBlank() || reason.length() > LONGEST_REASON)) {
            error(name, Code.FORMAT, "must have from 1 to " + LONGEST_REASON + " characters");
            return null;
        }
        return reason;
    }

    /** As {@link #optionalReason}, of a field that must be there; empty if there is an error. */
    public final String reason(String name) {
        require(name);
        String reason = optionalReason(name);
        return reason == null ? "" : reason;
    }

    /** A time with its zone, in the years 1900 to 2199; null if it is absent or there is an error. */
    public final @Nullable Instant optionalInstant(String name) {
        String text = optionalText(name);
        if (text == null) {
            return null;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= FIRST_YEAR && time.getYear() <= LAST_YEAR) {
                return time.toInstant();
            }
            error(name, Code.RANGE, "must be in the years " + FIRST_YEAR + " to " + LAST_YEAR);
        } catch (DateTimeParseException e) {
            error(name, Code.FORMAT, "must be a time with its zone, such as 2026-08-10T08:00:00+07:00");
        }
        return null;
    }

    /** True or false; {@code otherwise} if it is absent or there is an error. */
    public final boolean flag(String name, boolean otherwise) {
        JsonNode value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            error(name, Code.TYPE, "must be true or false, not " + shown(value));
            return otherwise;
        }
        return value.booleanValue();
    }

    /** A value to be looked at by the caller, who tells what is wrong with it; null if it is absent. */
    public final @Nullable JsonNode value(String name) {
        known.add(name);
        JsonNode value = object.path(name);
        return value.isMissingNode() || value.isNull() ? null : value;
    }

    /** A list of that many values; empty if it is absent or there is an error. */
    public final List<JsonNode> optionalList(String name, int least, int most) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            error(name, Code.TYPE, "must be a list, not " + shown(value));
            return List.of();
        }
        if (value.size() < least || value.size() > most) {
            error(name, Code.RANGE, "must have from " + least + " to " + most + " elements, not " + value.size());
            return List.of();
        }
        return List.copyOf(value.values());
    }

    /** A list of 1 to {@code most} objects; what is found wrong in them is an error of this one. */
    public final List<JsonFields> objects(String name, int most) {
        require(name);
        List<JsonFields> objects = new ArrayList<>();
        for (JsonNode element : optionalList(name, 1, most)) {
            objects.add(new JsonFields(element, pointer(name) + "/" + objects.size(), errors));
        }
        elements.addAll(objects);
        return objects;
    }

    /** Notes an error if the field is absent. */
    public final void require(String name) {
        if (value(name) == null && object.isObject()) {
            error(name, Code.REQUIRED, "is missing");
        }
    }

    /** Notes an error of the caller's finding. */
    public final void error(String name, Code code, String message) {
        errors.add(new FieldError(pointer(name), code, message));
    }

    /**
     * Returns what was made of the fields if nothing is wrong with them.
     *
     * @throws ProblemException with everything that is wrong; a field that was not read is unknown
     */
    public final <T> T checked(T read) {
        noteUnknown();
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).exception();
        }
        return read;
    }

    private void noteUnknown() {
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                error(name, Code.UNKNOWN_FIELD, "is not a field of this request");
            }
        }
        elements.forEach(JsonFields::noteUnknown);
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
