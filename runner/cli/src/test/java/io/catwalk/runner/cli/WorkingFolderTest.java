package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without arguments, the program says what lies in the folder, and the command to go on with. */
final class WorkingFolderTest {

    @TempDir
    private Path folder;

    private void make(String files) throws IOException {
        for (String name : files.split(" +", -1)) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "none"); // it is named, and not opened
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cat/1.png cat/2.jpg cat/x.txt dog/1.png dog/2.webp | 4 images of 2 classes (cat, dog) | compare --dataset .
            train/a/1.png train/a/2.png test/b/1.png train/b/1.png | 4 images of 2 classes (a, b) | compare --dataset .
            photos/a/1.png photos/a/2.png photos/b/1.png photos/b/2.png | 2 classes (a, b) | compare --dataset photos
            my/a/1.png my/a/2.png my/b/1.png my/b/2.png b.onnx a.onnx | 2 ONNX files and 4 images | compare a.onnx b.onnx --dataset my
            net.onnx README.md | 1 ONNX file. | compare net.onnx --dataset DIR
            p/a/1.png p/a/2.png p/b/1.png p/b/2.png runs/x/journal.jsonl | runs | runs
            runs/x/journal.jsonl | runs | runs
            first/journal.jsonl first/experiment.yaml | Found run folders | runs .
            1.png 2.png notes.txt | 2 images, but not a folder for each class | compare --dataset . --labels TABLE.csv
            journal.jsonl experiment.yaml report.html | a run with a report | report . --open
            journal.jsonl experiment.yaml | a run that has not ended | resume .
            src/main/icon.png src/logo.png docs/picture.png | '' | ''
            """)
    void whatIsThereHasACommand(String files, String found, String command) throws IOException {
        make(files);

        WorkingFolder seen = WorkingFolder.of(folder);

        assertThat(seen.found()).contains(found);
        assertThat(seen.command()).isEqualTo(command);
    }

    @Test
    void itIsSaidInFewShortLines() throws Exception {
        for (int i = 0; i < 20; i++) {
            String name = "a-rather-long-name-of-a-class-" + i;
            make(name + "/1.png");
            make(name + "/2.png");
        }

        Catwalk.Answer answer = Catwalk.finish(Catwalk.process(folder)).done();

        assertThat(answer.out().lines()).hasSizeLessThan(8).allMatch(line -> line.length() <= 80);
        assertThat(answer.out()).contains("40 images of 20 classes", "    catwalk compare --dataset .\n", "--help");
        assertThat(answer.err()).isEmpty();
    }
}
