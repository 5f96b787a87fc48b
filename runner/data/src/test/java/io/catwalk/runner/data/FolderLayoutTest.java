package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.catwalk.runner.Refusals;
import io.catwalk.runner.data.FolderLayout.ImageFile;
import io.catwalk.runner.data.FolderLayout.Part;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A layout depends only on the names of files: none of these is opened. */
@Tag("tiny")
@Tag("attack")
class FolderLayoutTest {

    @TempDir
    private Path folder;

    @Test
    void foldersAreClassesHoweverDeepTheImagesLie() throws IOException {
        files("dog/2020/may/a.JPG", "dog/b.png", "cat/c.webp", "cat/train/d.TIFF");

        FolderLayout layout = layout(null);

        assertThat(layout.classes()).containsExactly("cat", "dog");
        assertThat(names(layout)).containsExactly("cat/c.webp", "cat/train/d.TIFF", "dog/2020/may/a.JPG", "dog/b.png");

        assertThat(IntStream.range(0, 4).map(layout::label)).containsExactly(0, 0, 1, 1);
        assertThat(layout.files()).extracting(ImageFile::part).containsOnlyNulls();
        assertThat(layout.skipped()).isEmpty();
    }

    @Test
    void foldersOfPartsMayHaveAnyOfTheirNamesInAnyLetterCase() throws IOException {
        files("Training/a/1.png", "Training/b/1.png", "VALID/b/2.png", "Test/a/3.png", "Test/b/x/4.png");

        assertThat(layout(null).files())
                .extracting(ImageFile::name, ImageFile::part)
                .containsExactly(
                        tuple("Training/a/1.png", Part.TRAIN),
                        tuple("Training/b/1.png", Part.TRAIN),
                        tuple("VALID/b/2.png", Part.VALIDATION),
                        tuple("Test/a/3.png", Part.TEST),
                        tuple("Test/b/x/4.png", Part.TEST));
    }

    @Test
    void aClassMayBeCalledTrain() throws IOException {
        files("train/1.png", "bus/2.png");

        assertThat(layout(null).classes()).containsExactly("bus", "train");
    }

    @Test
    void whatIsPassedOverIsCounted() throws IOException {
        files("a/1.png", "b/2.png", "loose.png", "a/.x.png", ".git/3.png", "a/Thumbs.db", "b/.DS_Store", "a/notes.txt");
        Files.createSymbolicLink(folder.resolve("a/round"), folder);
        Files.createSymbolicLink(folder.resolve("a/nowhere.png"), folder.resolve("gone"));
        Files.createDirectories(folder.resolve("c/folder.png"));

        assertThat(skipped(layout(null)))
                .isEqualTo(Map.of(
                        "images outside class folders", 1,
                        "hidden files", 1,
                        "hidden folders", 1,
                        "system files", 2,
                        "non-image files", 1,
                        "circular links", 1,
                        "broken links", 1,
                        "folders without images", 2));
    }

    @Test
    void oneFileIsNamedAndMoreAreCounted() throws IOException {
        files("a/1.png", "b/2.png", "README.txt", ".x", ".y");

        assertThat(FoundFiles.described(layout(null).skipped()))
                .isEqualTo("2 hidden files, 1 non-image file (README.txt)");
    }

    @Test
    void photosInHeicAreNamedWithWhatToDo() throws IOException {
        files("a/IMG_1.HEIC", "b/IMG_2.heic", "b/3.avif", "c/notes.txt");
        String named = "HEIC or AVIF photos (convert to JPEG)";
        refused("found no class folder with an image, but 3 " + named);

        files("a/1.jpg", "b/2.jpg");

        assertThat(skipped(layout(null))).containsEntry(named, 3).containsEntry("non-image files", 1);
    }

    /** An ONNX file keeps one name a line: after the training, such a name would end the export. */
    @ParameterizedTest
    @ValueSource(strings = {"cat\nblack", "cat\rblack", "\u001b[31mcat", " ", "\u2028", "\u202etac"})
    void aClassWhoseNameIsNoLineIsRefused(String name) throws IOException {
        files(name + "/1.png", "dog/2.png");

        String expected = "expected names of classes in one line, without control characters, found ";
        refused("Data set in " + folder, expected);
        files("dog/3.png");
        Path table = table("path,label\ndog/2.png,dog\ndog/3.png,\"a\nb\"\n");
        Refusals.refused(() -> layout(table), expected);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPipeIsNoTableOfLabels() throws IOException, InterruptedException {
        files("a/1.png", "b/2.png");
        Path pipe = folder.resolve("labels.csv");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> Refusals.refused(
                        () -> layout(pipe), "labels in " + pipe + ": that is a pipe or a device, and no file"));
    }

    @Test
    void linkedImagesCountLikeOthersAndNamesMayHoldAnything() throws IOException {
        files("a/line\nbreak.png", "b/\ud83d\ude00.png");
        Files.createSymbolicLink(folder.resolve("b/linked"), folder.resolve("a"));

        assertThat(names(layout(null)))
                .containsExactly("a/line\nbreak.png", "b/linked/line\nbreak.png", "b/\ud83d\ude00.png");
    }

    @Test
    void linksOutOfTheFolderAreOnlyFollowedWhereThatIsAskedFor() throws IOException {
        files("in/a/1.png", "in/b/2.png", "out/3.png", "out/4.png");
        Path in = folder.resolve("in");
        Files.createSymbolicLink(in.resolve("c"), folder.resolve("out"));
        Files.createSymbolicLink(in.resolve("b/3.png"), folder.resolve("out/3.png"));
        Files.createSymbolicLink(in.resolve("b/5.png"), in.resolve("b/3.png"));
        Files.createSymbolicLink(in.resolve("b/6.png"), in.resolve("a/1.png"));

        FolderLayout inside = FolderLayout.of(in, FolderReading.STANDARD);
        assertThat(names(inside)).containsExactly("a/1.png", "b/2.png", "b/6.png");
        assertThat(skipped(inside)).isEqualTo(Map.of("links out of the folder (see --follow-links)", 3));
        FolderLayout all = FolderLayout.of(in, new FolderReading(null, null, null, true));
        assertThat(all.classes()).containsExactly("a", "b", "c");
        assertThat(all.files()).hasSize(7);
        assertThat(all.skipped()).isEmpty();
    }

    @Test
    void aTableDoesNotNameALinkOutOfTheFolderUnlessThatIsAskedFor() throws IOException {
        files("in/1.png", "out/2.png");
        Path in = folder.resolve("in");
        Files.createSymbolicLink(in.resolve("there"), folder.resolve("out"));
        Path table = table("path,label\n1.png,a\nthere/2.png,b\n");

        Refusals.refused(() -> FolderLayout.of(in, reading(table)), "--follow-links", "record 2");
        FolderReading following = new FolderReading(table.toString(), null, null, true);
        assertThat(FolderLayout.of(in, following).files()).hasSize(2);
    }

    @Test
    void whereOnlyALinkLeadsToTheOtherClassTheOptionIsNamed() throws IOException {
        files("in/a/1.png", "out/2.png");
        Files.createSymbolicLink(folder.resolve("in/b"), folder.resolve("out"));

        Refusals.refused(
                () -> FolderLayout.of(folder.resolve("in"), FolderReading.STANDARD),
                "found [a] and 1 link out of the folder (see --follow-links");
    }

    /** PowerShell puts all names in quotes. */
    @ParameterizedTest
    @ValueSource(strings = {"Split,Path,more,LABEL,group", "\"Split\",\"Path\",\"more\",\"LABEL\",\"group\""})
    void aTableSaysWhatFoldersDoNot(String names) throws IOException {
        files("x/1.png", "x/2.png", "3.png", "4.png", "5.png");
        List<String> lines = List.of(
                "\ufeff" + names,
                "train,x/1.png,,\"cat, black\",p1",
                "test,x\\2.png,,\"cat, black\",p2",
                "val, 3.png ,,dog,",
                "test,5.png,,dog,",
                "train,./4.png,,dog,p1");
        Path table = table(String.join("\r\n", lines) + "\r\n");

        FolderLayout layout = layout(table);

        assertThat(layout.classes()).containsExactly("cat, black", "dog");
        assertThat(layout.files())
                .containsExactly(
                        new ImageFile(folder.resolve("x/1.png"), "x/1.png", "cat, black", Part.TRAIN, "p1"),
                        new ImageFile(folder.resolve("4.png"), "4.png", "dog", Part.TRAIN, "p1"),
                        new ImageFile(folder.resolve("3.png"), "3.png", "dog", Part.VALIDATION, ""),
                        new ImageFile(folder.resolve("x/2.png"), "x/2.png", "cat, black", Part.TEST, "p2"),
                        new ImageFile(folder.resolve("5.png"), "5.png", "dog", Part.TEST, ""));
        assertThat(skipped(layout)).isEqualTo(Map.of("non-image files", 1));
    }

    /** Spreadsheets write semicolons where the comma is in numbers; neither a quoted nor a later letter separates. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "path\tlabel~1.png\ta~2.png\tb",
                "path;label~1.png;a~2.png;b",
                "\ufeffpath;label~1.png;a~2.png;b~",
                "~path;label~1.png;a~2.png;b",
                "path,label,seen;by~1.png,a,x~2.png,b,x",
                "^label;1^,path,label~x,1.png,a~x,2.png,b"
            })
    void aTableMayHaveTabsOrSemicolonsAndLeaveImagesOut(String text) throws IOException {
        files("1.png", "2.png", "3.png");

        FolderLayout layout = layout(table(text.replace('~', '\n').replace('^', '"')));

        assertThat(layout.classes()).containsExactly("a", "b");

        assertThat(names(layout)).containsExactly("1.png", "2.png");
        assertThat(skipped(layout)).containsEntry("images without a label in labels.csv", 1);
    }

    @Test
    void theFolderOfATableMayBeNamedInAnyWay() throws IOException {
        files("1.png", "2.png", "3.png", "x/y.txt");
        Path table = table("path,label\n1.png,a\n./2.png,b\n");

        for (String way : List.of(".", "x/..")) {
            FolderLayout layout = FolderLayout.of(folder.resolve(way), reading(table));

            assertThat(layout.files())
                    .as(way)
                    .extracting(ImageFile::path)
                    .containsExactly(folder.resolve("1.png"), folder.resolve("2.png"));
            assertThat(skipped(layout)).as(way).containsEntry("images without a label in labels.csv", 1);
        }
    }

    /** The working folder of a zip file is its root. */
    @Test
    void theFolderOfATableMayBeTheWorkingFolder() throws IOException {
        Path table = table("path,label\n1.png,a\n2.png,b\n");
        try (FileSystem zip = FileSystems.newFileSystem(folder.resolve("photos.zip"), Map.of("create", "true"))) {
            Files.write(zip.getPath("/1.png"), new byte[1]);
            Files.write(zip.getPath("/2.png"), new byte[1]);

            for (String way : List.of(".", "")) {
                FolderLayout layout = FolderLayout.of(zip.getPath(way), reading(table));

                assertThat(names(layout)).containsExactly("1.png", "2.png");
                assertThat(layout.skipped()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "file;label~1.png;a|found the columns file, label; name them in the first line",
                "file,label~1.png,a|found the columns file, label; name them in the first line",
                "path,label|found no records",
                "path,label~1.png,a~1.png,b|expected each file once, found 1.png again in record 2; correct it",
                "path,label~1.png,a~2.png,|expected a label, found none in record 2; correct it",
                "path,label~,a|expected a path, found none in record 1; correct it",
                "path,label~../1.png,a|found '../1.png' in record 1; correct it",
                "path,label~/etc/passwd,a|found '/etc/passwd' in record 1; correct it",
                "path,label~1.png,a~gone.png,b|found none for gone.png; correct the paths or remove the lines",
                "path,label,split~1.png,a,train~2.png,b,exam|expected train, val or test, found 'exam' in record 2",
                "path,label,split~1.png,a,train~2.png,b,|expected a split for all images or for none, found 1 of 2",
                "path,label~1.png,a~2.png,a|expected at least 2 classes, found [a]",
                "path,label~^1~.png^,a~2.png,b|found none for 1\\u000a.png; correct the paths or remove the lines",
                "path,label~^../~1.png^,a|in record 1; correct it",
                "^fi~le^,label~1.png,a|found the columns fi\\u000ale, label; name them in the first line",
                "path,label~1.png,a,x,y~2.png,b|expected UTF-8 text with the columns path and label, optionally split",
            })
    void aTableThatIsWrongIsOneLine(String text, String reason) throws IOException {
        files("1.png", "2.png");
        Path table = table(text.replace('~', '\n').replace('^', '"'));

        Refusals.refused(() -> layout(table), reason);
    }

    @Test
    void aTableInAnotherEncodingIsOneLine() throws IOException {
        files("1.png", "2.png");
        String text = "path,label\n1.png,b\u00e4r\n2.png,dog\n";
        for (String other : List.of("ISO-8859-1", "UTF-16" /* with a byte order mark */, "UTF-16LE", "UTF-16BE")) {
            Path table = Files.write(folder.resolve("labels.csv"), text.getBytes(Charset.forName(other)));

            assertThatThrownBy(() -> layout(table))
                    .hasMessage("Cannot read the labels in " + table + ": another encoding; save it as UTF-8");
        }
        Refusals.refused(() -> layout(folder.resolve("none.csv")), "Cannot read the labels in");
    }

    /** What there is beside {@code train/a/1.png}, and what is said of it. */
    @ParameterizedTest
    @CsvSource({
        "train/b/2.png val/c/3.png,               'in val, found others: c'",
        "train/b/2.png test/a/4.png test/c/5.png, 'in test, found others: c'",
        "test/a/4.png test/b/5.png,               'in test, found others: b'",
        "test/a/4.png,                            'at least 2 classes, found [a]'",
    })
    void partsThatDoNotFitAreRefused(String others, String reason) throws IOException {
        files("train/a/1.png");
        files(others.split(" "));
        refused("Data set in " + folder, reason);
    }

    @Test
    void onlyPartsToJudgeAndNoImagesAtAllAreRefused() throws IOException {
        files("notes.txt");
        refused("at least 2 classes, found no class folder with an image", "--labels FILE.csv", "CLASS/*");
        files("test/a/1.png", "test/b/1.png");
        refused("expected images to train on, found only [test]");
    }

    private static List<String> names(FolderLayout layout) {
        return layout.files().stream().map(ImageFile::name).toList();
    }

    private static FolderReading reading(@Nullable Path table) {
        return new FolderReading(table == null ? null : table.toString(), null, null, null);
    }

    private void refused(String... facts) {
        Refusals.refused(() -> layout(null), facts);
    }

    private FolderLayout layout(@Nullable Path table) {
        return FolderLayout.of(folder, reading(table));
    }

    private Path table(String text) throws IOException {
        return Files.writeString(folder.resolve("labels.csv"), text);
    }

    private void files(String... names) throws IOException {
        for (String name : List.of(names)) {
            Path file = folder.resolve(name).normalize();
            Files.createDirectories(file.getParent());
            Files.write(file, new byte[1]);
        }
    }

    private static Map<String, Integer> skipped(FolderLayout layout) {
        return layout.skipped().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().count()));
    }
}
