package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keeps the wordings out that docs/reference/glossary.md has a better word for. */
@Tag("tiny")
class WordsTest {

    private static final Path ROOT = Path.of("../..");

    private record Rule(Pattern dropped, String better) {
        static Rule of(String dropped, String better) {
            return new Rule(Pattern.compile("(?i)" + dropped.replace(" ", "\\s+")), better);
        }
    }

    private static final List<Rule> RULES = List.of(
            Rule.of("\\banew\\b", "again"),
            Rule.of("\\b(?:is|are|be) (?:not )?told apart", "do not clearly differ; significantly different"),
            Rule.of("\\bturn the order", "the ranking may change"),
            Rule.of("\\bbeats\\b", "is significantly better than"),
            Rule.of("\\bloses to\\b", "is significantly worse than"),
            Rule.of("\\bright only by\\b", "only X got N right"),
            Rule.of("\\bby heart\\b", "overfits; memorizes"),
            Rule.of("\\btoo sure of\\b", "overconfident"),
            Rule.of("\\btoo good to be true\\b", "optimistically biased"),
            Rule.of("\\b(?:is|are) cut to norm", "gradient clipping at norm"),
            Rule.of("\\btrained values\\b", "parameters"),
            Rule.of("\\bmultiply-(?:adds|accumulates)\\b", "MACs"),
            Rule.of("\\bchooses? the epoch\\b", "validation set; select the epoch"),
            Rule.of("\\bto judge on\\b", "for testing; test set"),
            Rule.of("\\b(?:images|folds|that|and) judges?\\b|\\bjudg(?:es|ed|ing)\\b", "evaluate; test set"),
            Rule.of("\\bset apart\\b", "held out"),
            Rule.of("\\btaken for\\b", "classified as"),
            Rule.of("\\b(?:is|are) mirrored left\\b", "random horizontal flip"),
            Rule.of("\\ba rectangle of up to\\b", "random erasing"),
            Rule.of("\\bwalks the same training\\b", "is trained by the same loop"));

    private static final Pattern LITERAL = Pattern.compile(
            "\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]|\\\\.)*\"|/\\*.*?\\*/|//[^\n]*|'(?:[^'\\\\\n]|\\\\.)'", Pattern.DOTALL);

    private static final Pattern CODE =
            Pattern.compile("[$!]\\{[^}]*}|@(?:else)?(?:if|for)\\([^\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    /** Literals that are added up are one text, however the lines break. */
    private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");

    @Test
    void noTextForUsersUsesADroppedWording() throws IOException {
        List<Path> files = texts();
        assertThat(files).hasSizeGreaterThan(300);
        assertThat(found(files)).isEmpty();
    }

    /** Code and comments are free: they have no better word. */
    @ParameterizedTest
    @CsvSource({
        "Planted.java, String a = \"Start \" + \"anew\";, again",
        "Planted.java, 'String a = \"gru beats\"\n + \" lstm\";', is significantly better than",
        "planted.md, 'gru and lstm cannot be told\napart', do not clearly differ; significantly different",
        "planted.jte, <p>Gradients are cut to norm 1</p>, gradient clipping at norm",
        "planted.properties, 'limit=2,000 images to judge on', for testing; test set",
        "Clean.java, int anew = 1; // start anew,",
        "Clean.java, /* beats \"it */ int a;,",
        "clean.md, validation set,",
        "clean.jte, @if(group.judged()) <p>${model.judges()}</p>,"
    })
    void oneThatIsPlantedIsFound(String name, String text, @Nullable String better, @TempDir Path folder)
            throws IOException {
        List<String> found = found(List.of(Files.writeString(folder.resolve(name), text)));
        assertThat(found).hasSize(better == null ? 0 : 1).allMatch(one -> one.contains(name));
        assertThat(found).allMatch(one -> one.endsWith("; write: " + better));
    }

    private static List<Path> texts() throws IOException {
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("docs/README.md")));
        String folders = "docs/tutorial docs/how-to docs/reference docs/explanation"
                + " runner/data/src/main/java runner/run/src/main/java runner/report/src/main/java runner/cli/src/main/java"
                + " runner/data/src/main/resources runner/run/src/main/resources runner/report/src/main/resources runner/cli/src/main/resources runner/report/src/main/jte spark/src/main/java";
        for (String folder : folders.split(" ", -1)) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(folder))) {
                sources.filter(file ->
                                file.toString().matches(".*(?<!glossary)\\.(?:java|jte|md|html|js|mjs|properties)"))
                        .forEach(files::add);
            }
        }
        return files;
    }

    private static List<String> found(List<Path> files) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            String text = Files.readString(file);
            // What is code in a template or a script is left out.
            String prose = CODE.matcher(text).replaceAll(" ");
            for (String part : file.toString().endsWith(".java") ? literals(text) : List.of(prose)) {
                for (Rule rule : RULES) {
                    String told = " in " + part.lines().findFirst().orElse("") + "; write: " + rule.better();
                    rule.dropped().matcher(part).results().forEach(old -> found.add(file + ": " + old.group() + told));
                }
            }
        }
        return found;
    }

    private static List<String> literals(String source) {
        return LITERAL.matcher(JOINED.matcher(source).replaceAll(""))
                .results()
                .map(MatchResult::group)
                .filter(literal -> literal.startsWith("\""))
                .toList();
    }
}
