package io.catwalk.runner.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Knows where the caches of this user belong, by the XDG Base Directory Specification 0.8. */
public final class UserCache {

    /** The system property that names another folder. */
    public static final String PROPERTY = "catwalk.cache";

    private UserCache() {}

    /**
     * Returns the folder that {@link #PROPERTY} names, or else {@link #folder}.
     *
     * @return an absolute path; perhaps nothing is there yet
     */
    public static Path chosen() {
        String named = System.getProperty(PROPERTY, "");
        return named.isBlank() ? folder() : Path.of(named).toAbsolutePath().normalize();
    }

    /**
     * Returns the folder of this program's caches.
     *
     * @return an absolute path; perhaps nothing is there yet
     */
    public static Path folder() {
        return folder(System.getenv(), System.getProperty("user.home", ""));
    }

    /** The JVM asks the list of accounts for the home folder, which in a container may know nothing of the user. */
    static Path folder(Map<String, String> environment, String account) {
        Path caches = absolute(environment.get("XDG_CACHE_HOME"));
        if (caches == null) {
            Path home = absolute(environment.get("HOME"));
            caches = Objects.requireNonNullElse(home, Path.of(account)).resolve(".cache");
        }
        return caches.resolve("catwalk").toAbsolutePath();
    }

    /** The specification has a relative path ignored. */
    private static @Nullable Path absolute(@Nullable String named) {
        return named != null && Path.of(named).isAbsolute() ? Path.of(named) : null;
    }
}
