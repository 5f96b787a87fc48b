package io.catwalk.runner.cli;

import io.catwalk.runner.data.FolderSurvey;
import io.catwalk.runner.evaluation.ShownClasses;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows the content of a folder of images. */
record SurveyView(FolderSurvey survey, Console console) {

    private static final int MOST_SIZES = 5;
    private static final int MOST_DUPLICATES = 10;
    private static final int MOST_UNREADABLE = 100;

    /** Prints every unusual file on a line of its own; as JSON, adds them to {@code told}. */
    void print(boolean json, Map<String, Object> told) {
        if (json) {
            told.put("formats", survey.formats());
            told.put(
                    "sizes",
                    survey.sizes().stream()
                            .map(entry -> Map.of("size", entry.getKey(), "images", entry.getValue()))
                            .toList());
            told.put("images", survey.classes());
            told.put("unreadable", survey.unreadable());
            told.put("duplicates", survey.duplicates());
            told.put("passed_over", survey.passedOver());
            return;
        }
        survey.classes().entrySet().stream()
                .limit(ShownClasses.ALL)
                .forEach(entry -> console.item(entry.getKey() + ": ", counted(entry.getValue())));
        if (survey.classes().size() > ShownClasses.ALL) {
            console.line(
                    "And " + number(survey.classes().size() - ShownClasses.ALL) + " more classes, which --json lists");
        }
        console.item("Formats: ", counted(survey.formats()));
        console.item("Sizes: ", sizes());
        if (!survey.passedOver().isEmpty()) {
            console.item("Passed over: ", ImagePaths.counted(survey.passedOver()));
        }
        survey.unreadable().entrySet().stream()
                .limit(MOST_UNREADABLE)
                .forEach(entry -> console.item("Cannot be read: ", entry.getKey() + ", " + entry.getValue()));
        if (survey.unreadable().size() > MOST_UNREADABLE) {
            console.line("Cannot be read: " + number(survey.unreadable().size() - MOST_UNREADABLE)
                    + " more, which --json lists with --skip-unreadable=1");
        }
        duplicates();
    }

    private String sizes() {
        List<Map.Entry<String, Integer>> sizes = survey.sizes();
        String often = sizes.stream()
                .limit(MOST_SIZES)
                .map(entry -> number(entry.getValue()) + " of " + entry.getKey())
                .collect(Collectors.joining(", "));
        return sizes.size() <= 1
                ? often
                : often + (sizes.size() > MOST_SIZES ? ", and " + (sizes.size() - MOST_SIZES) + " more" : "")
                        + "; they need one, such as --image-size 96x96";
    }

    private void duplicates() {
        List<List<String>> duplicates = survey.duplicates();
        duplicates.stream()
                .limit(MOST_DUPLICATES)
                .forEach(names -> console.item("The same file: ", String.join(", ", names)));
        if (duplicates.size() > MOST_DUPLICATES) {
            console.line("The same file: " + number(duplicates.size() - MOST_DUPLICATES) + " more, which --json lists");
        }
    }

    private static String counted(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(entry -> number(entry.getValue()) + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
