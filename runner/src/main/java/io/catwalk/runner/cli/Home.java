package io.catwalk.runner.cli;

import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageCache;
import java.nio.file.Files;
import java.nio.file.Path;

/** Knows where the program is installed: the launcher says so. */
final class Home {

    private Home() {}

    static Path plugins() {
        return path().resolve("plugins");
    }

    /** Says where the artifacts are that plugins are built with, as a Maven repository. */
    static Path artifacts() {
        return path().resolve("maven");
    }

    /** Says where data sets are, and prints what takes long with them. */
    static DataHome data(Console console) {
        return new DataHome(path().resolve("data"), new ImageCache(ImageCache.standardFolder(), CacheView.of(console)));
    }

    /** Says where the runners of other runtimes are: in a checkout, where a build does not make them anew. */
    static Path runtimes() {
        Path built = path().toAbsolutePath().normalize();
        Path checkout = built.resolve("../../../onnx-models/runtimes").normalize();
        return built.getParent() != null && built.getParent().endsWith("runner/target") && Files.isDirectory(checkout)
                ? checkout
                : path().resolve("runtimes");
    }

    /** Says where the program is. */
    static Path path() {
        return Path.of(System.getProperty("catwalk.home", "."));
    }
}
