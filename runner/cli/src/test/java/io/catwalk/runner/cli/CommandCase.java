package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command, its exit code, and the key facts of its answer: names, numbers and what to do, not the wording. They stand in the files
 * of {@code src/test/cases}, whose form {@code README.md} there describes; {@code -Dcatwalk.cases=write} rewrites the answers.
 *
 * @param line index of the line with the answer
 * @param words the command, with placeholders such as {@code {images}}
 * @param facts texts that the answer contains
 */
record CommandCase(Path file, int line, List<String> words, int exitCode, List<String> facts) {

    private static final String BETWEEN = " | ";

    /** Options, quoted words, places, variables, files, names in parts such as batch_size, commands, and numbers with their unit. */
    private static final Pattern FACT = Pattern.compile(String.join(
            "|",
            "--[a-z][a-z-]*",
            "'[^']+'",
            "\\{[a-z]+}[\\w./-]*",
            "\\b[A-Z]+(?:_[A-Z]+)+\\b",
            "(?<!\\w)/[\\w./-]*\\w",
            "\\b[\\w-]+\\.(?:onnx|json|ya?ml|csv|jar|zip|png|txt|gz)\\b",
            "\\b[a-z]+(?:[_.-][a-z0-9]+)+\\b",
            "\\bcatwalk [a-z]+",
            "\\b(?:NaN|Infinity)\\b",
            "(?<![\\w.-])-?\\d+(?:\\.\\d+)?(?:[eE]-?\\d+|x\\d+|(?:ms|s|m|h)\\b| [KMG]iB)?(?!\\w)"));

    static Stream<CommandCase> of(String name) throws IOException {
        Path file = Path.of("src/test/cases").resolve(name + ".txt");
        List<String> lines = Files.readAllLines(file);
        List<CommandCase> cases = new ArrayList<>();
        List<List<String>> defaults = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("with ")) {
                defaults.add(words(line.substring("with ".length())));
            } else if (line.startsWith("$ ")) {
                String[] answer = lines.get(i + 1).split(" ", 2);
                List<String> facts =
                        answer.length == 1 ? List.of() : List.of(answer[1].split(Pattern.quote(BETWEEN), -1));
                List<String> words = completed(words(line.substring(2)), defaults);
                cases.add(new CommandCase(file, i + 1, words, Integer.parseInt(answer[0]), facts));
            }
        }
        return cases.stream();
    }

    /** Appends the options of all defaults for this command that it does not name itself. */
    private static List<String> completed(List<String> command, List<List<String>> defaults) {
        List<String> whole = new ArrayList<>(command);
        for (List<String> one : defaults) {
            if (List.of(one.get(0).split(",", -1)).contains(command.get(0)) && !command.contains(one.get(1))) {
                whole.addAll(one.subList(1, one.size()));
            }
        }
        return whole;
    }

    private static List<String> words(String line) {
        return Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(line)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toList();
    }

    /**
     * Runs the command and checks the answer.
     *
     * @param places values of the placeholders
     */
    void check(Map<String, String> places) throws IOException {
        String[] command = words.stream().map(word -> filled(word, places)).toArray(String[]::new);
        Catwalk.Answer answer = Catwalk.run(command);
        String text = answer.out() + answer.err();
        if ("write".equals(System.getProperty("catwalk.cases"))) {
            List<Map.Entry<String, String>> all = new ArrayList<>(places.entrySet());
            all.sort(Comparator.comparing(place -> -place.getValue().length())); // one may lie in another
            for (Map.Entry<String, String> place : all) {
                text = text.replace(place.getValue(), "{" + place.getKey() + "}");
            }
            write(answer.exitCode(), text);
            return;
        }
        assertThat(answer.exitCode()).as(text).isEqualTo(exitCode);
        assertThat(text)
                .contains(facts.stream().map(fact -> filled(fact, places)).toList())
                .doesNotContain("Exception");
        if (exitCode == ExitCode.BAD_REQUEST) {
            assertThat(answer.out()).isEmpty();
            assertThat(answer.err()).startsWith("catwalk: ").hasLineCount(1);
        }
    }

    /** Runs the command, checks the answer, and that it changes nothing in a folder. */
    void check(Map<String, String> places, Path folder) throws IOException {
        Map<Path, String> before = files(folder);
        check(places);
        assertThat(files(folder)).isEqualTo(before);
    }

    private static Map<Path, String> files(Path folder) throws IOException {
        Map<Path, String> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.toList()) {
                files.put(
                        file, Files.isDirectory(file) ? "" : Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    private static String filled(String word, Map<String, String> places) {
        String filled = word;
        for (Map.Entry<String, String> place : places.entrySet()) {
            filled = filled.replace("{" + place.getKey() + "}", place.getValue());
        }
        return filled;
    }

    private void write(int code, String text) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        FACT.matcher(text).results().map(MatchResult::group).forEach(found::add);
        List<String> lines = Files.readAllLines(file);
        lines.set(line, (code + " " + found.stream().limit(12).collect(Collectors.joining(BETWEEN))).strip());
        Files.write(file, lines);
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
