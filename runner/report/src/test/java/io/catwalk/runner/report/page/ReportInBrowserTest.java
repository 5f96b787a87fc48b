package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.BrowserScript;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.report.SampleRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Opens reports of every kind in Chromium: see {@code src/test/browser/check-pages.mjs}. */
@Tag("browser")
@Tag("long")
final class ReportInBrowserTest {

    private static final Path FOLDER = Path.of("target", "report-pages");

    /** The first has every kind of chart and table. */
    private static final String PAGES =
            "seven hostile one none folds hundred classes-200 classes-1000 near-ties interrupted";

    @Test
    void everyPageWorksInABrowserForEverybody() throws IOException, InterruptedException {
        List<Path> pages = new ArrayList<>();
        for (String name : PAGES.split(" ", -1)) {
            Path file = Files.createDirectories(FOLDER.resolve(name)).resolve(name + ".html");
            ReportPage.write(RunDocument.of(SampleRuns.named(name)), file);
            pages.add(file);
        }

        String output = BrowserScript.run("check-pages.mjs", pages);

        assertThat(output.lines().filter(line -> line.startsWith("ok"))).hasSameSizeAs(pages);
    }
}
