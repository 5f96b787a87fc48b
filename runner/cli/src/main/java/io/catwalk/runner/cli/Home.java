package io.catwalk.runner.cli;

import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageCache;
import java.nio.file.Files;
import java.nio.file.Path;

final class Home {

    private Home() {}

    static Path plugins() {
        return path().resolve("plugins");
    }

    static Path artifacts() {
        return path().resolve("maven");
    }

    /** Returns where data sets are; decoding them prints its progress. */
    static DataHome data(Console console) {
        return new DataHome(
                path().resolve("data"), new ImageCache(ImageCache.standardFolder(), new CacheView(console)));
    }

    /** Returns the folder of the runners: in a checkout the source folder, which a build does not recreate. */
    static Path runtimes() {
        Path built = path().toAbsolutePath().normalize();
        Path checkout = built.resolve("../../../onnx-models/runtimes").normalize();
        return built.getParent() != null && built.getParent().endsWith("runner/target") && Files.isDirectory(checkout)
                ? checkout
                : path().resolve("runtimes");
    }

    static Path path() {
        return Path.of(System.getProperty("catwalk.home", "."));
    }
}
