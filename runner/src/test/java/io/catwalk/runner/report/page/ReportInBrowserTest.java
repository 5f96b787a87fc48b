package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.BrowserScript;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Opens reports of every kind in Chromium: see {@code src/test/browser/check-pages.mjs}. */
@Tag("browser")
final class ReportInBrowserTest {

    /** Holds every kind of chart and table there is. */
    private static final String RICHEST = "seven";

    /** Pages stay there, to be looked at. */
    private static final Path FOLDER = Path.of("target", "report-pages");

    private static final List<String> OTHERS =
            List.of("hostile", "one", "none", "folds", "hundred", "classes-200", "classes-1000", "interrupted");

    private static final String DATA = "<script type=\"application/json\" id=\"data\">";

    @Test
    void theRichestPageWorksInABrowserForEverybody() throws IOException, InterruptedException {
        requireWorking(List.of(write(RICHEST)));
    }

    @Test
    @Tag("long")
    void everyOtherPageWorksInABrowserForEverybody() throws IOException, InterruptedException {
        List<Path> pages = new ArrayList<>();
        for (String name : OTHERS) {
            pages.add(write(name));
        }
        pages.add(Files.writeString(
                FOLDER.resolve("fashion-mnist.html"), withRealNumbers(Files.readString(write(RICHEST)))));
        requireWorking(pages);
    }

    private static Path write(String name) throws IOException {
        Path file = Files.createDirectories(FOLDER).resolve(name + ".html");
        ReportPage.write(SamplePages.named(name), file);
        return file;
    }

    private static void requireWorking(List<Path> pages) throws IOException, InterruptedException {
        String output = BrowserScript.run("check-pages.mjs", pages);

        assertThat(output.lines().filter(line -> line.startsWith("ok"))).hasSameSizeAs(pages);
    }

    /** Puts the accuracies and costs of a real run in the place of those that are made up. */
    private static String withRealNumbers(String html) throws IOException {
        JsonNode results = Json.JSON.readTree(
                Path.of("../docs/results/fashion-mnist/results.json").toFile());
        int from = html.indexOf(DATA) + DATA.length();
        int to = html.indexOf("</script>", from);
        JsonNode data = Json.JSON.readTree(html.substring(from, to));
        for (JsonNode contestant : data.get("contestants")) {
            String name = contestant.get("name").asString();
            ((ObjectNode) contestant)
                    .set("standing", find(results.at("/comparison/standings"), "contestant", name))
                    .set(
                            "efficiency",
                            find(results.get("trials"), "classifier", name).get("efficiency"));
        }
        return html.substring(0, from) + Json.JSON.writeValueAsString(data) + html.substring(to);
    }

    private static JsonNode find(JsonNode list, String key, String wanted) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(one -> one.get(key).asString().equals(wanted))
                .findFirst()
                .orElseThrow();
    }
}
