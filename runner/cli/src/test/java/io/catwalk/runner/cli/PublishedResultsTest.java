package io.catwalk.runner.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Compares the tables of README and documentation with the runs in docs/results; with {@code -Dcatwalk.docs=write} it
 * writes their rows instead. The numbers in the runs are computed again by check_run.py, in {@code .ci/run}.
 */
@Tag("tiny")
final class PublishedResultsTest {

    private static final Path ROOT = Path.of("../..");

    /** Test accuracies of the study in Python, in percent. */
    private static final Map<String, String> REPORTED = Map.of(
            "conv-maxpool", "90.57", "stride-conv", "90.67", "drop-norm-l2", "91.14", "small-conv", "not reported");

    /** 97.5 % of Student's t with four degrees of freedom are below it (any table). */
    private static final double STUDENT_OF_FIVE = 2.776;

    /** The runtimes that compute all test images in seconds. */
    private static final List<String> FAST =
            List.of("java", "python", "djl-onnxruntime", "node", "web", "web-threads", "opencv-python", "opencv-java");

    private final Run study = new Run("fashion-mnist");

    @Test
    void theReadmeShowsFourNetworksOfTheStudy() throws IOException {
        List<String> names = List.of("drop-norm-l2", "conv-maxpool", "small-conv", "lstm");
        holds(
                "README.md",
                "| network | test accuracy | interval | the study | training | ONNX Runtime |",
                rows(
                        study.standings().filter(one -> names.contains(name(one))),
                        one -> percent(one, "accuracy") + " %",
                        PublishedResultsTest::interval,
                        one -> reported(one).replaceFirst("([0-9])$", "$1 %"),
                        one -> time(study.median(name(one), "/efficiency/training_seconds")),
                        one -> study.micros(name(one), "onnxruntime")));
        double[] speedUps = study.standings()
                .mapToDouble(one -> study.latency(name(one), "pytorch") / study.latency(name(one), "onnxruntime"))
                .sorted()
                .toArray();
        assertThat(text("README.md"))
                .contains(said("answers %.1f to %.1f times as fast as", speedUps[0], speedUps[speedUps.length - 1]));
    }

    @Test
    void theQuestionOfTimeIsAnsweredByTheShortestAndTheLongest() throws IOException {
        double[] seconds = study.standings()
                .mapToDouble(one -> study.median(name(one), "/efficiency/training_seconds"))
                .sorted()
                .toArray();
        assertThat(text("docs/explanation/questions.md"))
                .contains(time(seconds[0]) + " to " + time(seconds[seconds.length - 1]) + " on one core");
    }

    @Test
    void thePageOfArchitecturesComparesWithTheStudy() throws IOException {
        holds(
                "docs/reference/architectures.md",
                "| name | the study, test | here, test | interval | here, training images |",
                rows(
                        study.standings(),
                        PublishedResultsTest::reported,
                        one -> percent(one, "accuracy"),
                        PublishedResultsTest::interval,
                        one -> study.mean(name(one), "/metrics/train/accuracy")));
    }

    @Test
    void thePageOfTheStudyShowsEachSeed() throws IOException {
        assertThat(study.trials().map(trial -> trial.at("/parity/flips").asInt() + " of " + trial.at("/parity/images")))
                .hasSize(35)
                .containsOnly("0 of 10000");
        holds(
                "docs/results/fashion-mnist/README.md",
                "| classifier | test, mean | interval | seeds 1 to 5 | validation | training | PyTorch | ONNX Runtime |",
                rows(
                        study.standings(),
                        one -> percent(one, "accuracy"),
                        PublishedResultsTest::interval,
                        one -> study.each(name(one), "/metrics/test/accuracy"),
                        one -> study.mean(name(one), "/metrics/validation/accuracy"),
                        one -> time(study.median(name(one), "/efficiency/training_seconds")),
                        one -> study.micros(name(one), "pytorch"),
                        one -> study.micros(name(one), "onnxruntime")));
    }

    @Test
    void theCardsInTheZooAreOfTheFirstSeed() throws IOException {
        List<String> rows = new ArrayList<>();
        for (JsonNode one : study.standings().toList()) {
            JsonNode trial = study.first(name(one));
            JsonNode cost = trial.get("efficiency");
            Path file = ROOT.resolve("onnx-models/zoo/fashion-mnist").resolve(name(one) + ".onnx");
            rows.add(said(
                    "| [%1$s](fashion-mnist/%1$s.md) | %2$s %% | %3$,d | %4$,d | %5$,d KiB | %6$d | %7$.1e |",
                    name(one),
                    percent(trial.at("/metrics/test"), "accuracy"),
                    cost.get("parameters").asLong(),
                    cost.get("multiply_accumulates").asLong(),
                    Math.round(Files.size(file) / 1024.0),
                    trial.at("/parity/flips").asInt(),
                    trial.at("/parity/max_abs").asDouble()));
            assertThat(text("onnx-models/zoo/fashion-mnist/" + name(one) + ".md"))
                    .contains("- accuracy %: " + percent(trial.at("/metrics/test"), "accuracy") + "\n");
        }
        holds(
                "onnx-models/zoo/README.md",
                "| model | test accuracy | parameters | multiply-accumulates | file | label flips | largest difference |",
                rows);
    }

    @Test
    void thePageOfCrossValidationShowsMeansAndDeviations() throws IOException {
        Run folds = new Run("crossval");
        holds(
                "docs/results/crossval/README.md",
                "| classifier | over 5 folds | fold 1 to 5 |",
                rows(
                        folds.standings(),
                        one -> percent(one, "accuracy") + " ± " + percent(one, "standard_deviation"),
                        one -> folds.each(name(one), "/metrics/test/accuracy")));
    }

    @Test
    void thePageOfTuningShowsWhatWasFound() throws IOException {
        List<String> rows = new ArrayList<>();
        for (String name : List.of("small-conv", "rnn")) {
            Run search = new Run("tuning/" + name);
            JsonNode candidates = search.results.at("/tuning/candidates");
            JsonNode best = candidates.get(0);
            JsonNode own = candidates
                    .valueStream()
                    .filter(candidate -> candidate.get("number").asInt() == 1)
                    .findFirst()
                    .orElseThrow();
            JsonNode tuned = search.trials()
                    .filter(trial -> trial.at("/metrics/test/images").asInt() == 10_000)
                    .findFirst()
                    .orElseThrow();
            rows.add(Stream.of(
                            name,
                            search.results.at("/experiment/finished").asString(),
                            time(search.results.at("/experiment/seconds").asDouble()),
                            best.get("choices").properties().stream()
                                    .map(choice -> choice.getKey() + " "
                                            + choice.getValue().asString())
                                    .collect(joining(", ")),
                            lastScore(best),
                            lastScore(own),
                            percent(tuned.at("/metrics/test"), "accuracy"),
                            study.mean(name, "/metrics/test/accuracy"))
                    .collect(joining(" | ", "| ", " |")));
        }
        holds(
                "docs/results/tuning/README.md",
                "| classifier | trainings | time | best candidate | its score | of the defaults | test, seed 1 | defaults, mean of five seeds |",
                rows);
    }

    private static String lastScore(JsonNode candidate) {
        JsonNode scores = candidate.get("scores");
        JsonNode last = scores.get(scores.size() - 1);
        return "%s ± %s after %d"
                .formatted(
                        percent(last, "mean"),
                        percent(last, "standard_deviation"),
                        last.get("epochs").asInt());
    }

    @Test
    void thePageOfFastShowsEachSeed() throws IOException {
        List<String> times = Files.readAllLines(ROOT.resolve("docs/results/fast/times.txt"));
        List<String> rows = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        for (int seed = 1; seed <= 5; seed++) {
            JsonNode trial = new Run("fast/" + seed).first("fast");
            accuracies.add(trial.at("/metrics/test/accuracy").asDouble() * 100);
            rows.add(said(
                    "| %d | %s | %s | %s | %d | %.1e |",
                    seed,
                    times.get(seed - 1).replaceAll(".*: | s$", ""),
                    percent(trial.at("/metrics/test"), "accuracy"),
                    percent(trial.at("/metrics/validation"), "accuracy"),
                    trial.at("/parity/flips").asInt(),
                    trial.at("/parity/max_abs").asDouble()));
        }
        holds(
                "docs/results/fast/README.md",
                "| seed | seconds | test accuracy | validation accuracy | label flips | largest difference |",
                rows);
        double mean = accuracies.stream().mapToDouble(one -> one).average().orElseThrow();
        double half = STUDENT_OF_FIVE
                * Math.sqrt(accuracies.stream()
                                .mapToDouble(one -> (one - mean) * (one - mean))
                                .sum()
                        / 4
                        / 5);
        assertThat(text("docs/results/fast/README.md"))
                .contains(said("%.2f %% (95 %% interval of the mean %.2f to %.2f,", mean, mean - half, mean + half));
        double[] seconds = times.stream()
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*: | s$", "")))
                .sorted()
                .toArray();
        assertThat(text("docs/explanation/questions.md")).contains(said("[%.0f to %.0f s]", seconds[0], seconds[4]));
    }

    @Test
    void thePageOfTheAuditShowsWhatDuplicatesChange() throws IOException {
        JsonNode audit =
                Json.JSON.readTree(ROOT.resolve("docs/results/audit/audit.json").toFile());
        Function<String, Function<JsonNode, String>> share = images -> one -> mean(
                audit.get("models")
                        .valueStream()
                        .filter(model -> model.get("model").asString().startsWith(name(one) + " ")),
                "/" + images + "/share");
        holds(
                "docs/results/audit/README.md",
                "| up to 8 gray levels apart | pairs | same pixels | other label | test images |",
                List.of(
                        "| a test and a training image | " + counts(audit.get("test_and_train")),
                        "| two test images | " + counts(audit.get("within_test"))));
        holds(
                "docs/results/audit/README.md",
                "| classifier | on all 10,000 | on the other 9,988 |",
                rows(study.standings(), share.apply("all"), share.apply("without_duplicates")));
        assertThat(text("docs/results/audit/README.md"))
                .contains("right on " + audit.get("wrong_for_all").size() + " test images");
    }

    @Test
    void thePageOfTransferShowsEachDraw() throws IOException {
        JsonNode transfer =
                Json.JSON.readTree(ROOT.resolve("benchmarks/transfer.json").toFile());
        List<String> rows = List.of(
                started(transfer, "random weights", "random"),
                started(transfer, "`--init`", "init"),
                started(transfer, "`--init --init-rate 0.1`", "init, rate 0.1"),
                started(transfer, "`--init --init-rate 0` (body frozen)", "init, body frozen"));
        holds("docs/results/transfer.md", "| start | 1 | 2 | 3 | 4 | 5 | mean | gain |", rows);
    }

    @Test
    void thePagesOfRecordsShowEachTry() throws IOException {
        for (String page : List.of("small-networks", "sequence-models")) {
            List<String> rows = new ArrayList<>();
            for (Path folder : folders("docs/results/" + page)) {
                Run run = new Run(page + "/" + folder.getFileName());
                rows.addAll(rows(
                        run.standings(),
                        one -> run.list(name(one), "/seed"),
                        one -> said(
                                "%,d",
                                run.first(name(one))
                                        .at("/efficiency/parameters")
                                        .asInt()),
                        one -> run.list(name(one), "/timing/best_epoch") + " of "
                                + run.first(name(one)).at("/recipe/epochs"),
                        one -> run.mean(name(one), "/metrics/validation/accuracy"),
                        one -> run.each(name(one), "/metrics/test/accuracy"),
                        one -> percent(one, "accuracy"),
                        PublishedResultsTest::interval,
                        one -> run.list(name(one), "/parity/flips"),
                        one -> time(run.median(name(one), "/efficiency/training_seconds"))));
            }
            holds(
                    "docs/results/" + page + ".md",
                    "| classifier | seeds | parameters | epochs | validation | test | mean | 95 % interval | label flips | training |",
                    rows);
        }
    }

    @Test
    void aMeanOverMirrorImagesIsComparedWithPlainAnswers() throws IOException {
        JsonNode asked =
                Json.JSON.readTree(ROOT.resolve("benchmarks/mirror.json").toFile());
        Map<String, List<JsonNode>> networks =
                asked.valueStream().collect(groupingBy(PublishedResultsTest::name, LinkedHashMap::new, toList()));
        List<String> rows = new ArrayList<>();
        networks.forEach((name, trials) -> rows.add(said(
                "| %s | %d | %s | %s |",
                name, trials.size(), mean(trials.stream(), "/plain"), mean(trials.stream(), "/mean"))));
        holds("docs/results/small-networks.md", "| classifier | networks | plain answers | means of both |", rows);
    }

    private static List<Path> folders(String parent) throws IOException {
        try (Stream<Path> children = Files.list(ROOT.resolve(parent))) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static String started(JsonNode transfer, String start, String key) {
        String draws = transfer.at("/accuracies/" + key)
                .valueStream()
                .map(accuracy -> said("%.2f", accuracy.asDouble() * 100))
                .collect(joining(" | "));
        JsonNode gain = transfer.at("/gain/" + key);
        return "| %s | %s | %s | %s |"
                .formatted(
                        start,
                        draws,
                        percent(transfer.at("/means/" + key), "mean"),
                        gain.isMissingNode()
                                ? ""
                                : said(
                                        "%+.2f (%+.2f to %+.2f)",
                                        gain.get("mean").asDouble() * 100,
                                        gain.get("from").asDouble() * 100,
                                        gain.get("to").asDouble() * 100));
    }

    private static String counts(JsonNode duplicates) {
        return Stream.of("pairs", "exact", "other_label", "images")
                .map(key -> duplicates.get(key).asString())
                .collect(joining(" | ", "", " |"));
    }

    @Test
    void thePageOfRuntimesShowsDifferencesAndRates() throws IOException {
        List<String> names =
                study.standings().map(PublishedResultsTest::name).sorted().toList();
        List<String> unrolled = List.of("unrolled/gru", "unrolled/lstm", "unrolled/rnn");
        List<String> all = Stream.concat(names.stream(), unrolled.stream()).toList();
        String page = "docs/results/onnx-runtimes.md";
        String header =
                "| file | java | python | djl-onnxruntime | node | web | web-threads | opencv-python | opencv-java |";

        holds(page, header, asked("onnx-runtimes", all, FAST, PublishedResultsTest::difference));
        holds(
                page,
                header.replace("file", "images/s"),
                asked(
                        "onnx-runtimes",
                        names,
                        FAST,
                        answer -> said("%,.0f", answer.get("images_per_second").asDouble())));
        holds(
                page,
                "| file | webgpu | on the processor | reference |",
                asked("onnx-runtimes/slow", all, List.of("webgpu", "reference"), PublishedResultsTest::ofFewImages));
    }

    /** A row for each file: what its runtimes answered, or nothing for those that were not asked. */
    private static List<String> asked(
            String folder, List<String> files, List<String> runtimes, Function<JsonNode, String> cell) {
        Path answered = ROOT.resolve("docs/results").resolve(folder);
        return files.stream()
                .map(file -> {
                    JsonNode answers = Json.JSON
                            .readTree(answered.resolve(file + ".json").toFile())
                            .get("runtimes");
                    assertThat(answers.valueStream()
                                    .map(answer -> answer.get("outcome").asString() + answer.get("flips")))
                            .as(file)
                            .containsOnly("agrees0");
                    return runtimes.stream()
                            .map(runtime -> answers.valueStream()
                                    .filter(answer ->
                                            answer.get("name").asString().equals(runtime))
                                    .map(cell)
                                    .findFirst()
                                    .orElseGet(() -> notAsked(file, runtime)))
                            .collect(joining(" | ", "| " + file + " | ", " |"));
                })
                .toList();
    }

    /** OpenCV knows neither GRU nor RNN, and is all that needs unrolled files. */
    private static String notAsked(String file, String runtime) {
        assertThat(file.startsWith("unrolled/")
                        || (List.of("gru", "rnn").contains(file) && runtime.startsWith("opencv")))
                .as("%s was not asked about %s", runtime, file)
                .isTrue();
        return "";
    }

    private static String ofFewImages(JsonNode answer) {
        String cell = difference(answer) + " (" + answer.get("images").asInt() + ")";
        return answer.get("name").asString().equals("webgpu")
                ? cell + " | " + answer.get("note").asString().replaceFirst("WebGPU ran all nodes( but )?", "")
                : cell;
    }

    private static String difference(JsonNode answer) {
        assertThat(answer.get("images").asInt()).isIn(32, 10_000);
        double largest = answer.get("max_abs").asDouble();
        return largest == 0 ? "0" : said("%.1e", largest);
    }

    /** A run in docs/results. */
    private static final class Run {

        private final JsonNode results;

        Run(String folder) {
            results = Json.JSON.readTree(ROOT.resolve("docs/results/%s/results.json".formatted(folder))
                    .toFile());
        }

        Stream<JsonNode> trials() {
            return results.get("trials").valueStream();
        }

        Stream<JsonNode> trials(String name) {
            return trials().filter(trial -> label(trial).equals(name));
        }

        JsonNode first(String name) {
            return trials(name).findFirst().orElseThrow();
        }

        Stream<JsonNode> standings() {
            return results.at("/comparison/standings").valueStream();
        }

        String mean(String name, String share) {
            return PublishedResultsTest.mean(trials(name), share);
        }

        /** Median of the seeds, since what else a machine does makes some of them take longer. */
        double median(String name, String value) {
            double[] sorted = trials(name)
                    .mapToDouble(trial -> trial.at(value).asDouble())
                    .sorted()
                    .toArray();
            return sorted[sorted.length / 2];
        }

        /** Each seed is measured by one process, so that this is the median of five. */
        double latency(String name, String engine) {
            return median(name, "/efficiency/" + engine + "/p50_micros");
        }

        String micros(String name, String engine) {
            return said("%.0f µs", latency(name, engine));
        }

        String list(String name, String value) {
            return trials(name).map(trial -> trial.at(value).asString()).collect(joining(" "));
        }

        String each(String name, String share) {
            return trials(name)
                    .map(trial -> said("%.2f", trial.at(share).asDouble() * 100))
                    .collect(joining(" "));
        }
    }

    @SafeVarargs
    private static List<String> rows(Stream<JsonNode> standings, Function<JsonNode, String>... columns) {
        List<String> rows = new ArrayList<>();
        for (JsonNode one : standings.toList()) {
            StringJoiner row = new StringJoiner(" | ", "| " + name(one) + " | ", " |");
            for (Function<JsonNode, String> column : columns) {
                row.add(column.apply(one));
            }
            rows.add(row.toString());
        }
        return rows;
    }

    /** Requires, or writes, that a table of a page has these rows and no others. */
    private static void holds(String page, String header, List<String> rows) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(ROOT.resolve(page)));
        int from = lines.indexOf(header) + 2;
        assertThat(from).as("%s has a table %s", page, header).isGreaterThan(1);
        int to = from;
        while (to < lines.size() && lines.get(to).startsWith("|")) {
            to++;
        }
        List<String> shown = lines.subList(from, to);
        if ("write".equals(System.getProperty("catwalk.docs"))) {
            shown.clear();
            shown.addAll(rows);
            Files.writeString(ROOT.resolve(page), String.join("\n", lines) + "\n");
        }
        assertThat(shown).as("%s", page).isEqualTo(rows);
    }

    private static String name(JsonNode trialOrStanding) {
        return trialOrStanding.get("classifier").asString();
    }

    /** Returns the name of a trial's classifier as standings have it. */
    private static String label(JsonNode trial) {
        String variant = trial.get("variant").asString();
        return variant.equals("default") ? name(trial) : name(trial) + "@" + variant;
    }

    private static String reported(JsonNode one) {
        return REPORTED.getOrDefault(name(one), "not measured");
    }

    private static String interval(JsonNode one) {
        return percent(one, "accuracy_low") + " to " + percent(one, "accuracy_high");
    }

    private static String mean(Stream<JsonNode> trials, String share) {
        return said(
                "%.2f",
                100
                        * trials.mapToDouble(trial -> trial.at(share).asDouble())
                                .average()
                                .orElseThrow());
    }

    private static String percent(JsonNode metrics, String name) {
        return said("%.2f", metrics.get(name).asDouble() * 100);
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60 ? whole + " s" : said("%d min %02d s", whole / 60, whole % 60);
    }

    private static String text(String page) throws IOException {
        return Files.readString(ROOT.resolve(page));
    }

    private static String said(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
