package io.catwalk.runner.cli;

import io.catwalk.runner.Csv;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prints the labels of images, each as it arrives; only one JSON array is printed as a whole. */
abstract class PredictionView {

    private static final int SHOWN = 3;

    private final int top;

    private PredictionView(int top) {
        this.top = top;
    }

    static PredictionView of(boolean json, boolean jsonLines, boolean csv, @Nullable Integer top) {
        if ((json ? 1 : 0) + (jsonLines ? 1 : 0) + (csv ? 1 : 0) > 1) {
            throw new RequestException("expected one of --json, --json-lines and --csv, found several: keep one");
        }
        int shown = Typed.within("--top", top == null ? json ? Integer.MAX_VALUE : SHOWN : top, Integer.MAX_VALUE);
        return json ? new Whole(shown) : jsonLines ? new Lines(shown) : csv ? new Table(shown) : new Text(shown);
    }

    /** Returns whether each answer is complete by itself. */
    ForeignFile.Output output() {
        return ForeignFile.Output.STREAM;
    }

    /** Prints what comes before all answers. */
    void begin(List<String> names, Console console) {}

    /** Takes the answer about one image. */
    void add(Path image, List<String> names, double[] probabilities, Console console) {
        List<Integer> best = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
                .limit(top)
                .toList();
        print(image, names, probabilities, best, console);
    }

    /** Prints what comes after all answers. */
    void end(Console console) {}

    int shown(List<String> names) {
        return Math.min(top, names.size());
    }

    abstract void print(Path image, List<String> names, double[] probabilities, List<Integer> best, Console console);

    private static final class Text extends PredictionView {

        Text(int top) {
            super(top);
        }

        @Override
        void print(Path image, List<String> names, double[] probabilities, List<Integer> best, Console console) {
            console.item(
                    image + ": ",
                    best.stream()
                            .map(i -> String.format(Locale.ROOT, "%s %.1f %%", names.get(i), probabilities[i] * 100))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static final class Table extends PredictionView {

        Table(int top) {
            super(top);
        }

        @Override
        void begin(List<String> names, Console console) {
            console.row("image,"
                    + IntStream.rangeClosed(1, shown(names))
                            .mapToObj(i -> "label" + i + ",probability" + i)
                            .collect(Collectors.joining(",")));
        }

        @Override
        void print(Path image, List<String> names, double[] probabilities, List<Integer> best, Console console) {
            console.row(Csv.cell(image.toString()) + ","
                    + best.stream()
                            .map(i -> Csv.cell(names.get(i)) + "," + probabilities[i])
                            .collect(Collectors.joining(",")));
        }
    }

    private static final class Lines extends PredictionView {

        Lines(int top) {
            super(top);
        }

        @Override
        void print(Path image, List<String> names, double[] probabilities, List<Integer> best, Console console) {
            console.row(Json.LINE.writeValueAsString(map(image, names, probabilities, best)));
        }
    }

    private static final class Whole extends PredictionView {

        private final List<Map<String, Object>> all = new ArrayList<>();

        Whole(int top) {
            super(top);
        }

        @Override
        ForeignFile.Output output() {
            return ForeignFile.Output.WHOLE;
        }

        /** Names the classes in the order of the network if all of them are requested. */
        @Override
        void print(Path image, List<String> names, double[] probabilities, List<Integer> best, Console console) {
            List<Integer> order = best.size() < names.size()
                    ? best
                    : IntStream.range(0, names.size()).boxed().toList();
            Map<String, Object> answer = map(image, names, probabilities, order);
            answer.put("label", names.get(best.get(0)));
            all.add(answer);
        }

        @Override
        void end(Console console) {
            console.json(all);
        }
    }

    private static Map<String, Object> map(
            Path image, List<String> names, double[] probabilities, List<Integer> order) {
        Map<String, Object> byName = new LinkedHashMap<>();
        order.forEach(i -> byName.put(names.get(i), probabilities[i]));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("image", image.toString());
        answer.put("label", names.get(order.get(0)));
        answer.put("probabilities", byName);
        return answer;
    }
}
