package io.catwalk.runner.process;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Chooses the environment variables of a process that runs third-party code: those that give paths and numbers of
 * threads. All others are withheld, such as tokens, passwords and proxies.
 */
final class ChildEnvironment {

    private static final Pattern NEEDED = Pattern.compile("(PATH|HOME|USER|LOGNAME|SHELL|TZ|LANG|TMPDIR|TEMP|TMP"
            + "|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA"
            + "|NUMBER_OF_PROCESSORS|PROCESSOR_ARCHITECTURE|JAVA_HOME|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS"
            + "|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_LIBRARY_PATH|ENGINE_CACHE_DIR"
            + "|PYTORCH_(LIBRARY_PATH|VERSION|FLAVOR|PRECXX11)"
            + "|(LC|XDG|OMP|KMP|GOMP|MKL|OPENBLAS|MALLOC|CUDA|CATWALK|DJL|ORT)_.*)");

    private static final Set<String> ASCII_LOCALES = Set.of("", "C", "POSIX");

    private ChildEnvironment() {}

    /** Removes all others, sets UTF-8 if the locale is ASCII or unset, and disables the telemetry of ONNX Runtime. */
    static void keepOnlyWhatIsNeeded(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(name -> !NEEDED.matcher(name.toUpperCase(Locale.ROOT)).matches());
        if (ASCII_LOCALES.contains(locale(environment))) {
            environment.put("LANG", "C.UTF-8");
            environment.put("LC_ALL", "C.UTF-8");
        }
        environment.put("ORT_DISABLE_TELEMETRY", "1");
    }

    /** The first of these that is set takes effect (POSIX, 8.2). */
    private static String locale(Map<String, String> environment) {
        for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }
}
