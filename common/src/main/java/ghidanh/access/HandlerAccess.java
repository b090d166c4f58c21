package ghidanh.access;

import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Lets a caller reach a handler by what it says of itself, however its address was spelled, and tells it who calls. */
class HandlerAccess implements HandlerInterceptor, HandlerMethodArgumentResolver, WebMvcConfigurer {

    private static final int BEFORE_ANY_OTHER = -100;

    private final Callers callers;
    private final Allowances allowances;

    HandlerAccess(Callers callers, Allowances allowances) {
        this.callers = callers;
        this.allowances = allowances;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(BEFORE_ANY_OTHER);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && handler instanceof HandlerMethod method
                && method.getBeanType().getPackageName().startsWith("ghidanh.")
                && !ErrorController.class.isAssignableFrom(method.getBeanType())
                && !LoginPage.class.equals(method.getBeanType())) {
            Caller caller = caller();
            check(method, caller);
            allowances.take(caller, 1).ifPresent(refusal -> {
                throw refusal.exception();
            });
        }
        return true;
    }

    private static void check(HandlerMethod method, Caller caller) {
        Allowed allowed = method.getMethodAnnotation(Allowed.class);
        if (allowed == null || Stream.of(allowed.value()).noneMatch(caller::is)) {
            throw Problem.of(ProblemCode.FORBIDDEN, "This is not for " + caller.roles() + ". Nothing was changed.")
                    .exception();
        }
    }

    private Caller caller() {
        Caller caller = callers.of(SecurityContextHolder.getContext().getAuthentication());
        if (caller == null) {
            throw Problem.of(ProblemCode.UNAUTHENTICATED, "Sign in first.").exception();
        }
        return caller;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class;
    }

    @Override
    public Caller resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer model,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        return caller();
    }
}
