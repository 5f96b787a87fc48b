package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Drives Chromium by a script of {@code runner/report/src/test/browser}. Needs Chromium, Node.js, and {@code npm ci} in that folder; without
 * them a test is skipped, and says what is missing.
 */
public final class BrowserScript {

    private static final Path FOLDER = Path.of("../report/src/test/browser");

    private BrowserScript() {}

    public static String run(String script, List<Path> arguments) throws IOException, InterruptedException {
        Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
        Optional<Path> node = program("node");
        assumeTrue(chromium.isPresent(), "skipped: no Chromium on the path to open pages with");
        assumeTrue(node.isPresent(), "skipped: no Node.js on the path to drive a browser with");
        assumeTrue(
                Files.exists(FOLDER.resolve("node_modules/playwright-core")),
                "skipped: run npm ci in runner/report/src/test/browser to drive a browser");
        List<String> command = new ArrayList<>(List.of(
                node.get().toString(),
                FOLDER.resolve(script).toString(),
                chromium.get().toString()));
        arguments.forEach(argument -> command.add(argument.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static Optional<Path> program(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
