package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.BrowserScript;
import io.catwalk.runner.report.ReportModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Opens reports of every kind in Chromium: see {@code src/test/browser/check-pages.mjs}. */
@Tag("browser")
final class ReportInBrowserTest {

    /** The page with every kind of chart and table. */
    private static final String RICHEST = "seven";

    /** The page with a map of its images. */
    private static final String MAPPED = "mapped";

    /** Pages are kept there for inspection. */
    private static final Path FOLDER = Path.of("target", "report-pages");

    private static final List<String> OTHERS = List.of(
            "hostile", "one", "none", "folds", "hundred", "classes-200", "classes-1000", "near-ties", "interrupted");

    @Test
    void theRichestPageWorksInABrowserForEverybody() throws IOException, InterruptedException {
        requireWorking(List.of(write(RICHEST), write(MAPPED)));
    }

    @Test
    @Tag("long")
    void everyOtherPageWorksInABrowserForEverybody() throws IOException, InterruptedException {
        List<Path> pages = new ArrayList<>();
        for (String name : OTHERS) {
            pages.add(write(name));
        }
        requireWorking(pages);
    }

    private static Path write(String name) throws IOException {
        Path file = Files.createDirectories(FOLDER.resolve(name)).resolve(name + ".html");
        ReportPage.write(ReportModel.of(SamplePages.named(name)), file);
        return file;
    }

    private static void requireWorking(List<Path> pages) throws IOException, InterruptedException {
        String output = BrowserScript.run("check-pages.mjs", pages);

        assertThat(output.lines().filter(line -> line.startsWith("ok"))).hasSameSizeAs(pages);
    }
}
