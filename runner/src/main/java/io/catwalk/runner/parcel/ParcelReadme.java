package io.catwalk.runner.parcel;

import io.catwalk.runner.Markdown;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.runtimes.Runner.Example;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Describes the content of a parcel for its recipient, in lines of 80 columns. */
final class ParcelReadme {

    private static final int COLUMNS = 80;

    private final String name;
    private final String dataset;
    private final List<PackedFile> files;
    private final StringBuilder programs = new StringBuilder();
    private final StringBuilder leftOut = new StringBuilder();

    ParcelReadme(String name, String dataset, List<PackedFile> files) {
        this.name = name;
        this.dataset = dataset;
        this.files = files;
    }

    /** Describes how a program is run. */
    void add(Runner runner, Example example) {
        programs.append("\n### ").append(runner.runtime()).append("\n\n```sh\n");
        programs.append(example.install()).append('\n').append(example.run()).append("\n```\n");
    }

    /** States why there is no program for a runtime. */
    void leaveOut(Runner runner, String operator) {
        leftOut.append('\n')
                .append(wrapped(
                        "",
                        runner.runtime() + " has no program here: it does not support `" + operator + "`. It needs "
                                + "a file that was exported with `catwalk export --unroll-recurrent --batch 1`."))
                .append('\n');
    }

    String text() throws IOException {
        StringBuilder list = new StringBuilder();
        for (PackedFile file : files) {
            list.append(list.isEmpty() ? "" : "\n")
                    .append(wrapped("- ", "`" + file.file() + "`: " + file.purpose() + "."));
        }
        return template()
                .replace("{name}", Markdown.text(name))
                .replace("{dataset}", Markdown.text(dataset))
                .replace("{files}", list)
                .replace("{programs}", programs)
                .replace("{left-out}", leftOut);
    }

    private static String template() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ParcelReadme.class.getResourceAsStream("README.md"), "build broken")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Breaks a text between words; the following lines are indented by the length of the head. */
    private static String wrapped(String head, String text) {
        StringBuilder lines = new StringBuilder(head);
        int width = head.length();
        String gap = "";
        for (String word : text.split(" ", -1)) {
            if (!gap.isEmpty() && width + 1 + word.length() > COLUMNS) {
                gap = "\n" + " ".repeat(head.length());
                width = head.length() - 1;
            }
            lines.append(gap).append(word);
            width += 1 + word.length();
            gap = " ";
        }
        return lines.toString();
    }
}
