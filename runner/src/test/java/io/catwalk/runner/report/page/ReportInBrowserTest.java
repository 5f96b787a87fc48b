package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.runner.report.RunReport;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Opens reports of every kind in Chromium: see {@code src/test/browser/check-pages.mjs}. Needs Chromium,
 * Node.js, and {@code npm ci} in that folder; without them it is skipped, and says what is missing.
 */
@Tag("browser")
final class ReportInBrowserTest {

    private static final Path SCRIPT = Path.of("src/test/browser/check-pages.mjs");

    private static final List<String> PAGES = List.of(
            "seven", "hostile", "one", "none", "folds", "hundred", "classes-200", "classes-1000", "interrupted");

    @Test
    void everyPageWorksInABrowserForEverybody() throws IOException, InterruptedException {
        Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
        Optional<Path> node = program("node");
        assumeTrue(chromium.isPresent(), "skipped: no Chromium on the path to open the report with");
        assumeTrue(node.isPresent(), "skipped: no Node.js on the path to drive a browser with");
        assumeTrue(
                Files.exists(SCRIPT.resolveSibling("node_modules/playwright-core")),
                "skipped: run npm ci in runner/src/test/browser to drive a browser");
        Path folder = Files.createDirectories(Path.of("target/report-pages"));
        List<String> command = new ArrayList<>(
                List.of(node.get().toString(), SCRIPT.toString(), chromium.get().toString()));
        Map<String, RunReport> all = SamplePages.all();
        for (String name : PAGES) {
            Path file = folder.resolve(name + ".html");
            ReportPage.write(Objects.requireNonNull(all.get(name)), file);
            command.add(file.toString());
        }

        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().filter(line -> line.startsWith("ok"))).hasSameSizeAs(PAGES);
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
