package io.catwalk.runner.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the cache folder of this user, by the XDG Base Directory Specification 0.8. */
public final class UserCache {

    /** The system property that sets another folder. */
    public static final String PROPERTY = "catwalk.cache";

    private UserCache() {}

    /**
     * Returns the folder that {@link #PROPERTY} names, or else {@link #folder}.
     *
     * @return an absolute path; the folder may not exist yet
     */
    public static Path chosen() {
        String named = System.getProperty(PROPERTY, "");
        return named.isBlank() ? folder() : Path.of(named).toAbsolutePath().normalize();
    }

    /**
     * Returns the folder of this program's caches.
     *
     * @return an absolute path; the folder may not exist yet
     */
    public static Path folder() {
        return folder(System.getenv(), System.getProperty("user.home", ""));
    }

    /**
     * Prefers the environment: the JVM reads the home folder from the account list, where a container may not have the
     * user.
     */
    static Path folder(Map<String, String> environment, String account) {
        Path caches = absolute(environment.get("XDG_CACHE_HOME"));
        if (caches == null) {
            Path home = absolute(environment.get("HOME"));
            caches = Objects.requireNonNullElse(home, Path.of(account)).resolve(".cache");
        }
        return caches.resolve("catwalk").toAbsolutePath();
    }

    /** The specification says that a relative path is ignored. */
    private static @Nullable Path absolute(@Nullable String named) {
        return named != null && Path.of(named).isAbsolute() ? Path.of(named) : null;
    }
}
