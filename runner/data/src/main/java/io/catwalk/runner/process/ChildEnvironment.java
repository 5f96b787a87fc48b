package io.catwalk.runner.process;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the environment variables of a process that runs third-party code: those that give paths and numbers of
 * threads. All others are withheld, such as tokens, passwords and proxies.
 */
final class ChildEnvironment {

    private static final Set<String> NAMES = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "TZ",
            "LANG",
            "TMPDIR",
            "TEMP",
            "TMP",
            "SYSTEMROOT",
            "SYSTEMDRIVE",
            "WINDIR",
            "COMSPEC",
            "PATHEXT",
            "USERPROFILE",
            "APPDATA",
            "LOCALAPPDATA",
            "PROGRAMDATA",
            "NUMBER_OF_PROCESSORS",
            "PROCESSOR_ARCHITECTURE",
            "JAVA_HOME",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "LD_LIBRARY_PATH",
            "LD_PRELOAD",
            "DYLD_LIBRARY_PATH",
            "PYTORCH_LIBRARY_PATH",
            "PYTORCH_VERSION",
            "PYTORCH_FLAVOR",
            "PYTORCH_PRECXX11",
            "ENGINE_CACHE_DIR");

    private static final List<String> PREFIXES = List.of(
            "LC_",
            "XDG_",
            "OMP_",
            "KMP_",
            "GOMP_",
            "MKL_",
            "OPENBLAS_",
            "MALLOC_",
            "CUDA_",
            "CATWALK_",
            "DJL_",
            "ORT_");

    private static final Set<String> ASCII_LOCALES = Set.of("", "C", "POSIX");

    private ChildEnvironment() {}

    /**
     * Removes all other variables, sets UTF-8 if the locale is ASCII or unset, and disables the telemetry of ONNX
     * Runtime.
     */
    static void keepOnlyWhatIsNeeded(Map<String, String> environment) {
        environment.keySet().removeIf(name -> !isNeeded(name.toUpperCase(Locale.ROOT)));
        if (ASCII_LOCALES.contains(locale(environment))) {
            environment.put("LANG", "C.UTF-8");
            environment.put("LC_ALL", "C.UTF-8");
        }
        environment.put("ORT_DISABLE_TELEMETRY", "1");
    }

    private static boolean isNeeded(String name) {
        return NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
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
