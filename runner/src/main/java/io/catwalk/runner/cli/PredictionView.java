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
final class PredictionView {

    private static final int SHOWN = 3;

    private enum Format {
        TEXT,
        CSV,
        JSON_LINES,
        JSON
    }

    private final Format format;
    private final int top;
    private final List<Map<String, Object>> all = new ArrayList<>();

    PredictionView(boolean json, boolean jsonLines, boolean csv, @Nullable Integer top) {
        if ((json ? 1 : 0) + (jsonLines ? 1 : 0) + (csv ? 1 : 0) > 1) {
            throw new RequestException("expected one of --json, --json-lines and --csv, found several: keep one");
        }
        format = json ? Format.JSON : jsonLines ? Format.JSON_LINES : csv ? Format.CSV : Format.TEXT;
        int shown = top != null ? top : json ? Integer.MAX_VALUE : SHOWN;
        this.top = OptionParsers.within("--top", shown, Integer.MAX_VALUE);
    }

    SandboxedCommand.Output output() {
        return format == Format.JSON ? SandboxedCommand.Output.WHOLE : SandboxedCommand.Output.STREAM;
    }

    void begin(List<String> names, Console console) {
        if (format == Format.CSV) {
            console.row("image,"
                    + IntStream.rangeClosed(1, Math.min(top, names.size()))
                            .mapToObj(i -> "label" + i + ",probability" + i)
                            .collect(Collectors.joining(",")));
        }
    }

    void add(Path image, List<String> names, double[] probabilities, Console console) {
        List<Integer> best = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
                .limit(top)
                .toList();
        switch (format) {
            case TEXT ->
                console.item(
                        image + ": ",
                        best.stream()
                                .map(i ->
                                        String.format(Locale.ROOT, "%s %.1f %%", names.get(i), probabilities[i] * 100))
                                .collect(Collectors.joining(", ")));
            case CSV ->
                console.row(Csv.cell(image.toString()) + ","
                        + best.stream()
                                .map(i -> Csv.cell(names.get(i)) + "," + probabilities[i])
                                .collect(Collectors.joining(",")));
            case JSON_LINES -> console.row(Json.LINE.writeValueAsString(map(image, names, probabilities, best, best)));
            case JSON -> {
                List<Integer> ofNetwork =
                        IntStream.range(0, names.size()).boxed().toList();
                all.add(map(image, names, probabilities, best, best.size() < names.size() ? best : ofNetwork));
            }
        }
    }

    void end(Console console) {
        if (format == Format.JSON) {
            console.json(all);
        }
    }

    private static Map<String, Object> map(
            Path image, List<String> names, double[] probabilities, List<Integer> best, List<Integer> order) {
        Map<String, Object> byName = new LinkedHashMap<>();
        order.forEach(i -> byName.put(names.get(i), probabilities[i]));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("image", image.toString());
        answer.put("label", names.get(best.get(0)));
        answer.put("probabilities", byName);
        return answer;
    }
}
