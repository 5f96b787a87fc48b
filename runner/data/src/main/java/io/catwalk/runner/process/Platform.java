package io.catwalk.runner.process;

import java.util.Locale;

/**
 * A system and a processor, named as in DJL's native libraries.
 *
 * @param system {@code linux}, {@code osx} or {@code win}
 * @param processor such as {@code x86_64} or {@code aarch64}
 */
public record Platform(String system, String processor) {

    private static final Platform TRIED = new Platform("linux", "x86_64");

    /** Returns the platform of this process; a system that is none of the three counts as Linux. */
    public static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** Converts the names that Java uses. */
    static Platform of(String name, String architecture) {
        String system = name.toLowerCase(Locale.ROOT);
        String processor = architecture.toLowerCase(Locale.ROOT);
        return new Platform(
                system.contains("mac") ? "osx" : system.contains("win") ? "win" : "linux",
                processor.equals("amd64") ? "x86_64" : processor);
    }

    /** Returns whether the tests run on this platform, not only whether the build supports it. */
    public boolean isTried() {
        return equals(TRIED);
    }

    /** Returns the name of the folder in the jar of ONNX Runtime, such as {@code linux-x64}. */
    public String ofOnnxRuntime() {
        return system + (processor.equals("x86_64") ? "-x64" : "-" + processor);
    }

    /** Returns the name that DJL uses for the native PyTorch, such as {@code linux-x86_64}. */
    @Override
    public String toString() {
        return system + "-" + processor;
    }
}
