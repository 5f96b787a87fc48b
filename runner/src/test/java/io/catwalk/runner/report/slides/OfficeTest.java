package io.catwalk.runner.report.slides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.catwalk.runner.report.RunReport;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Has LibreOffice open the slides; its PDF shows whether each is there and has something on it. */
@Tag("office")
class OfficeTest {

    @TempDir
    Path folder;

    @Test
    void everySlideOfANormalRunIsShown() throws IOException, InterruptedException {
        SampleRun run = SampleRun.of(7, 10);
        everySlideIsShown(run.report(run.comparison(), null));
    }

    @Test
    @Tag("long")
    void everySlideWithHostileNamesIsShown() throws IOException, InterruptedException {
        everySlideIsShown(SampleRun.hostile().report());
    }

    private void everySlideIsShown(RunReport report) throws IOException, InterruptedException {
        for (String program : List.of("soffice", "pdftoppm")) {
            assumeThat(isInstalled(program))
                    .as(program + " is not on the PATH: install LibreOffice Impress and poppler-utils to check slides")
                    .isTrue();
        }
        Path slides = folder.resolve("slides.pptx");
        Slides.write(report, slides);
        int count;
        try (var show = new XMLSlideShow(Files.newInputStream(slides))) {
            count = show.getSlides().size();
        }

        run(
                "soffice",
                "-env:UserInstallation=" + folder.resolve("profile").toUri(),
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                folder.toString(),
                slides.toString());
        run(
                "pdftoppm",
                "-gray",
                "-r",
                "30",
                folder.resolve("slides.pdf").toString(),
                folder.resolve("page").toString());

        List<Path> pages;
        try (Stream<Path> files = Files.list(folder)) {
            pages = files.filter(file -> file.toString().endsWith(".pgm"))
                    .sorted()
                    .toList();
        }
        assertThat(pages).hasSize(count);
        for (Path page : pages) {
            assertThat(ink(Files.readAllBytes(page))).as(page.toString()).isGreaterThan(0.001);
        }
    }

    /** Returns the share of pixels that are not white, below the title and above the footer of a PGM image. */
    private static double ink(byte[] pgm) {
        String[] head = new String(pgm, 0, 32, StandardCharsets.US_ASCII).split("\\s+", -1);
        int width = Integer.parseInt(head[1]);
        int height = Integer.parseInt(head[2]);
        int begin = pgm.length - width * height;
        int dark = 0;
        int from = height / 5;
        int to = height * 9 / 10;
        for (int i = from * width; i < to * width; i++) {
            dark += (pgm[begin + i] & 0xff) < 240 ? 1 : 0;
        }
        return (double) dark / ((to - from) * width);
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log.txt").toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES))
                .as(command[0] + " ends")
                .isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("log.txt")))
                .isZero();
    }
}
