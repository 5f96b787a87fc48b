package io.catwalk.runner.report;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.report.RunReport.Model;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The concatenated predictions of all trials of a classifier, evaluated together: over the folds of a cross-validation,
 * every image once.
 *
 * @param models trials with predictions; at least one
 * @param evaluation of all their predictions
 */
public record Pool(List<Model> models, Evaluation evaluation) {

    /** Identifies an image by the trial that it was a test image of, and its index there. */
    public record Origin(Model model, int image) {}

    /** Pools the trials that have predictions; null if none has. */
    static @Nullable Pool of(List<Model> trials, List<String> classes) {
        List<Model> judged =
                trials.stream().filter(model -> model.answers().there()).toList();
        if (judged.isEmpty()) {
            return null;
        }
        Evaluation all = judged.size() == 1 ? judged.get(0).evaluation() : null;
        return new Pool(judged, all != null ? all : Evaluation.of(endToEnd(judged), classes));
    }

    private static List<Supplier<Predictions>> endToEnd(List<Model> judged) {
        return judged.stream()
                .<Supplier<Predictions>>map(model -> () -> Objects.requireNonNull(model.predictions()))
                .toList();
    }

    /** Returns where an image of the pool comes from. */
    public Origin origin(int image) {
        int rest = image;
        for (Model model : models) {
            if (rest < images(model)) {
                return new Origin(model, rest);
            }
            rest -= images(model);
        }
        throw new IndexOutOfBoundsException(image);
    }

    private static int images(Model model) {
        return Objects.requireNonNull(model.answers().predictedClasses()).images();
    }
}
