package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ExportedRun.class)
final class RunFolderPageTest {

    private static final Path PAGE = Path.of("../..", "docs", "reference", "run-folder.md");
    private static final Pattern ROW = Pattern.compile("^\\| (\\[?`[^|]*) \\|", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    @Test
    void eachFileOfARunIsListed() throws IOException {
        List<String> rows = ROW.matcher(Files.readString(PAGE))
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .toList();
        Path run = ExportedRun.get().run();
        List<String> files;
        try (Stream<Path> all = Files.walk(run)) {
            files = all.filter(Files::isRegularFile)
                    .map(file -> run.relativize(file).toString().replaceFirst("^trials/[^/]+/-?\\d+-\\d+/", ""))
                    .distinct()
                    .toList();
        }

        assertThat(rows).hasSizeGreaterThan(30);
        assertThat(files)
                .contains("experiment.yaml", "trial.json", "history.csv")
                .allSatisfy(file -> assertThat(rows)
                        .as(file)
                        .anyMatch(row -> file.matches(Stream.of(row.split("\\*", -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining("[^/]+")))));
    }
}
