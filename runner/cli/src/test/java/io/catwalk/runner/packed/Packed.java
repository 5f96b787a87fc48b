package io.catwalk.runner.packed;

import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Knows where the packed program is. */
final class Packed {

    static final String VERSION = Software.current().catwalk();
    static final Path HOME = Path.of("../target", "catwalk-" + VERSION);

    private Packed() {}

    static SortedSet<String> libraries() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
