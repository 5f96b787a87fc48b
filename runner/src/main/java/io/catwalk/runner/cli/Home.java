package io.catwalk.runner.cli;

import java.nio.file.Path;

/** Knows where the program is installed: the launcher says so. */
final class Home {

    private Home() {}

    static Path plugins() {
        return path().resolve("plugins");
    }

    static Path data() {
        return path().resolve("data");
    }

    private static Path path() {
        return Path.of(System.getProperty("catwalk.home", "."));
    }
}
