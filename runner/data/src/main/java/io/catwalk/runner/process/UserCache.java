package io.catwalk.runner.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the cache folder: what {@link #VARIABLE} names, or one by the XDG Base Directory Specification 0.8. */
public final class UserCache {

    /** The environment variable that names another folder. */
    public static final String VARIABLE = "CATWALK_CACHE";

    /** The system property by which a process hands its folder on to those that it starts. */
    public static final String PROPERTY = "catwalk.cache";

    private static final Logger LOG = LoggerFactory.getLogger(UserCache.class);

    private UserCache() {}

    /** Returns the folder that {@link #PROPERTY} names, or else {@link #folder}. */
    public static Path chosen() {
        String named = System.getProperty(PROPERTY, "");
        return named.isBlank() ? folder() : Path.of(named).toAbsolutePath().normalize();
    }

    /** Returns the folder of this program's caches: an absolute path; the folder may not exist yet. */
    public static Path folder() {
        return folder(System.getenv(), System.getProperty("user.home", ""));
    }

    /** Prefers the environment: the account list, which the JVM reads, may not have the user in a container. */
    static Path folder(Map<String, String> environment, String account) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isBlank()) {
            return Path.of(named).toAbsolutePath().normalize();
        }
        Path caches = absolute(environment.get("XDG_CACHE_HOME"));
        if (caches == null) {
            Path home = absolute(environment.get("HOME"));
            caches = Objects.requireNonNullElse(home, Path.of(account)).resolve(".cache");
        }
        return caches.resolve("catwalk").toAbsolutePath();
    }

    /**
     * Makes a folder of this cache, with its missing parents. Only this user can enter them, whatever the umask is: native
     * code lies in the cache.
     */
    public static Path make(Path wanted) throws IOException {
        return hasModes(wanted)
                ? Files.createDirectories(
                        wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                : Files.createDirectories(wanted);
    }

    /** Makes this process put its temporary files into the cache; if that is not safe, they stay where they were. */
    public static void keepTemporaryFiles() {
        try {
            Path root = make(chosen());
            if (isClosed(root)) {
                Path folder = make(root.resolve("tmp"));
                Path probe = Files.createTempFile(folder, "probe", ".tmp"); // its owner is that of this process
                Object owner = Files.getOwner(probe);
                Files.delete(probe);
                if (isClosed(folder) && owner.equals(Files.getOwner(root)) && owner.equals(Files.getOwner(folder))) {
                    System.setProperty("java.io.tmpdir", folder.toString());
                }
            }
        } catch (IOException e) {
            LOG.info("Temporary files stay in {}", System.getProperty("java.io.tmpdir"), e);
        }
    }

    /** Tells whether only the owner of a folder can write to it, as far as the system knows. */
    private static boolean isClosed(Path folder) throws IOException {
        return !hasModes(folder)
                || Files.getPosixFilePermissions(folder).stream()
                        .noneMatch(Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE)::contains);
    }

    private static boolean hasModes(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** The specification says that a relative path is ignored. */
    private static @Nullable Path absolute(@Nullable String named) {
        return named != null && Path.of(named).isAbsolute() ? Path.of(named) : null;
    }
}
