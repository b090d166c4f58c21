package ghidanh.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for errors that never reached a controller, such as a request that the server itself refused. */
@RestController
class ErrorPage implements ErrorController {

    /** Nothing where the answer is under way already: a refused body, or a stream that ends with the service. */
    @RequestMapping("${spring.web.error.path:/error}")
    @Nullable ResponseEntity<Object> error(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            return null;
        }
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        ProblemCode code = ProblemCode.of(status instanceof Integer number ? number : 404);
        return Problem.of(code, code.title() + ".").response();
    }
}
