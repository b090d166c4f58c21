package ghidanh.web;

import static java.util.Objects.requireNonNull;
import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;
import static org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE;
import static org.springframework.http.MediaType.TEXT_EVENT_STREAM_VALUE;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.servers.Server;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.GlobalOperationComponentsCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * What the OpenAPI documents of both services share: problems, and what records say of their parts. Made at the first request
 * for it.
 */
@Configuration(proxyBeanMethods = false)
class ApiDocument {

    private static final String PROBLEM = "Problem";
    private static final Pattern CHOICE = Pattern.compile("\\{(\\w+):([^}]+)}");

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Ghidanh")
                        .version("1")
                        .description(
                                "Times are ISO 8601 with a zone. A problem (RFC 9457) has a `code` for programs; 503 comes with"
                                        + " Retry-After, and repeating a request is safe."))
                .servers(List.of(new Server().url("/")))
                .components(new Components().addSchemas(PROBLEM, problem()));
    }

    private static Schema<?> problem() {
        Schema<?> error = object(Map.of(
                "pointer", text("JSON pointer into the body, or a parameter's name after `?`"),
                "code", text("what kind of error, for programs")._enum(names(FieldError.Code.values())),
                "message", text("what to change, for people")));
        error.setRequired(List.of("code", "message", "pointer"));
        Schema<?> problem = object(Map.of(
                "type", text("a URI for each code"),
                "title", text("the same words whatever happened in particular"),
                "status", typed("integer"),
                "detail", text("what happened in particular, for people"),
                "instance", text("the request's path"),
                "code", text("what kind of problem, for programs")._enum(names(ProblemCode.values())),
                "errors", typed("array").items(error)));
        problem.setRequired(List.of("code", "status", "title", "type"));
        return problem;
    }

    private static Schema<?> object(Map<String, Schema<?>> properties) {
        Schema<?> object = typed("object");
        new TreeMap<>(properties).forEach(object::addProperty);
        return object;
    }

    private static Schema<String> text(String description) {
        Schema<String> text = new Schema<>();
        text.addType("string");
        text.setDescription(description);
        return text;
    }

    private static Schema<Object> typed(String type) {
        Schema<Object> schema = new Schema<>();
        schema.addType(type);
        return schema;
    }

    private static List<String> names(Enum<?>[] values) {
        return List.of(values).stream().map(Enum::name).toList();
    }

    @Bean
    RecordSchemas recordSchemas() {
        return new RecordSchemas();
    }

    @Bean
    GlobalOperationComponentsCustomizer operations() {
        return new GlobalOperationComponentsCustomizer() {
            @Override
            public Operation customize(Operation operation, HandlerMethod handler) {
                return operation;
            }

            @Override
            public Operation customize(Operation operation, Components components, HandlerMethod handler) {
                return describe(operation, components, handler);
            }
        };
    }

    private static Operation describe(Operation operation, Components components, HandlerMethod handler) {
        Api api = handler.getMethodAnnotation(Api.class);
        if (api == null) {
            throw new IllegalStateException(handler + " has no @Api");
        }
        operation.setSummary(api.value());
        describeVariables(operation, handler);
        if (api.body() != Void.class) {
            operation.setRequestBody(new RequestBody()
                    .required(true)
                    .content(content(schema(api.body(), components), APPLICATION_JSON_VALUE, api.example())));
        }
        describeAnswers(operation.getResponses(), api, components);
        if (handler.getReturnType().getParameterType() == SseEmitter.class) {
            requireNonNull(operation.getResponses().get("200"))
                    .setContent(content(typed("string"), TEXT_EVENT_STREAM_VALUE, ""));
        }
        describeProblems(operation, api);
        return operation;
    }

    /** Of {@code {kind:replays|resyncs}} springdoc keeps the name alone. */
    private static void describeVariables(Operation operation, HandlerMethod handler) {
        RequestMapping mapping =
                requireNonNull(AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class));
        CHOICE.matcher(String.join("", mapping.path()))
                .results()
                .forEach(choice -> operation.getParameters().stream()
                        .filter(parameter -> parameter.getName().equals(choice.group(1)))
                        .forEach(parameter -> parameter.setSchema(
                                text("which kind")._enum(List.of(choice.group(2).split("\\|"))))));
    }

    /** The content that springdoc found by the method's type, unless another is named. */
    private static void describeAnswers(ApiResponses responses, Api api, Components components) {
        ApiResponse found = responses.remove("200");
        Content content = api.answer() != Void.class
                ? content(schema(api.answer(), components), APPLICATION_JSON_VALUE, "")
                : found == null ? null : found.getContent();
        for (int status : api.statuses()) {
            responses.addApiResponse(
                    String.valueOf(status),
                    new ApiResponse()
                            .description(HttpStatus.valueOf(status).getReasonPhrase())
                            .content(status == HttpStatus.NO_CONTENT.value() ? null : content));
        }
    }

    private static Schema<?> schema(Class<?> type, Components components) {
        ResolvedSchema resolved =
                ModelConverters.getInstance(true).resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true));
        resolved.referencedSchemas.forEach(components::addSchemas);
        return resolved.schema;
    }

    private static Content content(Schema<?> schema, String type, String example) {
        var media = new MediaType().schema(schema);
        if (!example.isEmpty()) {
            try {
                media.setExample(Json31.mapper().readTree(example));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(example, e);
            }
        }
        return new Content().addMediaType(type, media);
    }

    private static void describeProblems(Operation operation, Api api) {
        Set<ProblemCode> codes = EnumSet.noneOf(ProblemCode.class);
        if (operation.getParameters() != null) {
            codes.addAll(EnumSet.of(ProblemCode.BAD_REQUEST, ProblemCode.INVALID_PARAMETER));
        }
        if (operation.getRequestBody() != null) {
            codes.addAll(EnumSet.range(ProblemCode.BODY_TOO_SLOW, ProblemCode.UNSUPPORTED_MEDIA_TYPE));
            codes.addAll(EnumSet.of(ProblemCode.MALFORMED_BODY, ProblemCode.INVALID_BODY, ProblemCode.BAD_REQUEST));
        }
        codes.addAll(EnumSet.of(
                ProblemCode.UNAUTHENTICATED,
                ProblemCode.FORBIDDEN,
                ProblemCode.TOO_MANY_REQUESTS,
                ProblemCode.TOO_MANY_GUESSES));
        codes.addAll(List.of(api.problems()));
        Map<String, List<ProblemCode>> byStatus = new TreeMap<>();
        codes.forEach(
                code -> byStatus.computeIfAbsent(String.valueOf(code.status().value()), status -> new ArrayList<>())
                        .add(code));
        byStatus.forEach((status, of) -> operation.getResponses().addApiResponse(status, response(of)));
    }

    private static ApiResponse response(List<ProblemCode> codes) {
        String words =
                codes.stream().map(code -> "- `" + code + "`: " + code.title()).collect(Collectors.joining("\n"));
        var response = new ApiResponse()
                .description(words)
                .content(content(new Schema<>().$ref(PROBLEM), APPLICATION_PROBLEM_JSON_VALUE, ""));
        if (codes.get(0).retryAfter() != null) {
            response.addHeaderObject(
                    "Retry-After", new Header().description("seconds").schema(typed("integer")));
        }
        return response;
    }
}
