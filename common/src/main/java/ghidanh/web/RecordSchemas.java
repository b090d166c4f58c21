package ghidanh.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.JsonNode;

/**
 * Reads from records which of their parts may be null or absent: {@code @Nullable}, and {@code @JsonInclude} of what is not null.
 */
final class RecordSchemas implements ModelConverter {

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        Class<?> raw = Json.mapper().constructType(type.getType()).getRawClass();
        if (JsonNode.class.isAssignableFrom(raw) || raw == Object.class) {
            return new Schema<>();
        }
        if (raw == ProblemDetail.class) {
            return new Schema<>().$ref("Problem");
        }
        Schema<?> resolved = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        if (resolved != null && raw.isRecord()) {
            Schema<?> model = resolved.get$ref() == null
                    ? resolved
                    : context.getDefinedModels()
                            .get(resolved.get$ref().substring(resolved.get$ref().lastIndexOf('/') + 1));
            if (model != null && model.getProperties() != null) {
                describe(raw, model);
            }
        }
        return resolved;
    }

    private static void describe(Class<?> type, Schema<?> model) {
        List<String> required = new ArrayList<>();
        describe(type, model, required);
        required.removeIf(name -> !model.getProperties().containsKey(name));
        model.setRequired(required);
    }

    private static void describe(Class<?> type, Schema<?> model, List<String> required) {
        for (RecordComponent part : type.getRecordComponents()) {
            if (part.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                describe(part.getType(), model, required);
                continue;
            }
            Schema<?> property = model.getProperties().get(part.getName());
            boolean nullable = part.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (!nullable || !(leavesOutNull(type) || leavesOutNull(part.getAccessor()))) {
                required.add(part.getName());
                if (nullable && property != null) {
                    model.addProperty(part.getName(), orNull(property));
                }
            }
        }
    }

    private static boolean leavesOutNull(AnnotatedElement element) {
        JsonInclude include = element.getAnnotation(JsonInclude.class);
        return include != null && include.value() == Include.NON_NULL;
    }

    private static Schema<?> orNull(Schema<?> property) {
        if (property.getTypes() != null) {
            property.addType("null");
            return property;
        }
        if (property.get$ref() == null) {
            return property;
        }
        Schema<?> nothing = new Schema<>();
        nothing.addType("null");
        return new Schema<>().anyOf(new ArrayList<>(List.of(property, nothing)));
    }
}
