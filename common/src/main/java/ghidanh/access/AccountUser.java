package ghidanh.access;

import java.util.Collection;
import java.util.List;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;

/** An account as Spring Security checks it. */
record AccountUser(Caller caller, String password) implements UserDetails {

    private static final long serialVersionUID = 1;

    static AccountUser of(String name, AccessSettings.Account account) {
        String password = account.password();
        return new AccountUser(account.caller(name), password.startsWith("{") ? password : "{noop}" + password);
    }

    @Override
    public Collection<GrantedAuthority> getAuthorities() {
        return List.of();
    }

    @Override
    public String getPassword() {
        return password;
    }

    @Override
    public String getUsername() {
        return caller.subject();
    }

    @Override
    public String toString() {
        return caller.toString();
    }
}
