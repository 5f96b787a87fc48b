package io.catwalk.runner.report.slides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.SampleDocument;
import io.catwalk.runner.report.slides.Slides.SlideOptions;
import io.catwalk.runner.report.slides.Slides.SlideOptions.Extent;
import java.awt.geom.Rectangle2D;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Opens the slides in LibreOffice; its PDF shows whether all titles are complete and no words overlap. */
@Tag("office")
@Tag("long")
class OfficeTest {

    private static final List<String> DOCUMENTS = List.of("sample", "seven", "hostile", "large");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void convert() throws IOException, InterruptedException {
        for (String program : List.of("soffice", "pdftotext")) {
            String missing =
                    program + " is not on the PATH: install LibreOffice Impress and poppler-utils to check slides";
            assumeThat(isInstalled(program)).as(missing).isTrue();
        }
        List<String> command = new ArrayList<>(List.of("soffice", "--headless", "--convert-to", "pdf", "--outdir"));
        command.add(folder.toString());
        command.add("-env:UserInstallation=" + folder.resolve("profile").toUri());
        for (String name : DOCUMENTS) {
            Document document = name.equals("sample") ? SampleDocument.document() : SlidesTest.documentOf(name);
            Extent extent = name.matches("sample|hostile") ? Extent.WITH_APPENDIX : Extent.FINDINGS;
            Path slides = folder.resolve(name + ".pptx");
            Slides.write(() -> document, slides, new SlideOptions(extent, null));
            command.add(slides.toString());
        }
        run(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @FieldSource("DOCUMENTS")
    void everySlideIsShown(String name) throws IOException, InterruptedException {
        Path boxes = folder.resolve("boxes.html");
        run("pdftotext", "-bbox", folder.resolve(name + ".pdf").toString(), boxes.toString());

        List<List<Word>> pages = pages(Files.readString(boxes));
        try (var show = new XMLSlideShow(Files.newInputStream(folder.resolve(name + ".pptx")))) {
            assertThat(pages).hasSize(show.getSlides().size());
            for (int i = 0; i < pages.size(); i++) {
                String title = show.getSlides().get(i).getTitle();
                wordsStandApart("slide " + (i + 1) + " (" + title + ")", pages.get(i));
                assertThat(letters(pages.get(i).stream().map(Word::text).toList()))
                        .as("the title of slide " + (i + 1) + " in full")
                        .contains(letters(List.of(title)));
            }
        }
    }

    private record Word(String text, Rectangle2D box) {}

    private static List<List<Word>> pages(String html) {
        List<List<Word>> pages = new ArrayList<>();
        String word =
                "<page|<word xMin=\"([-\\d.]+)\" yMin=\"([-\\d.]+)\" xMax=\"([-\\d.]+)\" yMax=\"([-\\d.]+)\">(.*)</word>";
        Matcher matcher = Pattern.compile(word).matcher(html);
        while (matcher.find()) {
            if (matcher.group(1) == null) {
                pages.add(new ArrayList<>());
                continue;
            }
            if (matcher.group(5).codePoints().noneMatch(Character::isLetterOrDigit)) {
                continue; // invisible characters have a box, too
            }
            double x = Double.parseDouble(matcher.group(1));
            double y = Double.parseDouble(matcher.group(2));
            double width = Double.parseDouble(matcher.group(3)) - x;
            double height = Double.parseDouble(matcher.group(4)) - y;
            String text = matcher.group(5).replaceAll("&(lt|gt|apos|quot|amp);", "");
            pages.get(pages.size() - 1).add(new Word(text, new Rectangle2D.Double(x, y, width, height)));
        }
        return pages;
    }

    /** Checks that no word is outside the slide, and that no two overlap by more than the leading of their lines. */
    private static void wordsStandApart(String where, List<Word> words) {
        assertThat(words).as(where).hasSizeGreaterThan(10);
        for (int i = 0; i < words.size(); i++) {
            Rectangle2D one = words.get(i).box();
            boolean inside = new Rectangle2D.Double(0, 0, 960, 540).contains(one);
            assertThat(inside).as(where + ": " + words.get(i)).isTrue();
            for (int j = i + 1; j < words.size(); j++) {
                Rectangle2D both = one.createIntersection(words.get(j).box());
                double lower = Math.min(one.getHeight(), words.get(j).box().getHeight());
                assertThat(both.getWidth() > 1 && both.getHeight() > 0.3 * lower)
                        .as(where + ": " + words.get(i) + " lies on " + words.get(j))
                        .isFalse();
            }
        }
    }

    /** Joins the letters and digits of words, since programs break words and lines differently,
     * without those that run from right to left. */
    private static String letters(List<String> words) {
        return String.join("", words).replaceAll("[^A-Za-z0-9]", "");
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("log.txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Process process = builder.redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        assertThat(ended).as(command[0] + " ends").isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }
}
