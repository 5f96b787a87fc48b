package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ClassifierTest implements Classifier {

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("convolutional")
                .withPaper(2016, "He et al.")
                .withSides(32, 64);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        return Blocks.identityBlock();
    }

    @Test
    void imagesOutsideTheLimitsAreNotSupported() {
        assertThat(supports(Task.of(1, 32, 64, 2)).reason()).isEmpty();
        assertThat(supports(Task.of(1, 64, 31, 2)).reason()).contains("needs images of at least 32x32");
        assertThat(supports(Task.of(1, 32, 65, 2)).reason()).contains("takes images of at most 64x64");
        assertThatThrownBy(() -> Support.no(" ")).hasMessage("reason must say what the classifier needs, but is empty");
    }

    @Test
    void tagsKeepWhatTheyAreTold() {
        assertThat(tags().family()).contains("convolutional");
        assertThat(tags().year()).contains(2016);
        assertThat(tags().paper()).contains("He et al.");
        assertThat(Tags.none().family()).isEmpty();
        assertThat(tags()).isNotEqualTo(Tags.none()).isEqualTo(tags());
        assertThatThrownBy(() -> Tags.none().withSides(0, 3)).hasMessage("smallestSide must be at least 1, but is 0");
        assertThatThrownBy(() -> Tags.none().withSides(4, 3)).hasMessage("largestSide must be at least 4, but is 3");
    }

    @Test
    void whatARecipeAsksForMustBeThere() {
        Task task = Task.of(1, 32, 32, 2);
        Hyperparameters none = Hyperparameters.none();
        String missing = ", but io.catwalk.api.ClassifierTest has no method ";
        assertThatThrownBy(() -> loss(task, none))
                .hasMessage("the recipe has withLoss(Loss.OWN)" + missing + "loss(Task, Hyperparameters)");
        assertThatThrownBy(() -> augmentation(task, none))
                .hasMessage("the recipe has Augmentation.own()" + missing + "augmentation(Task, Hyperparameters)");
        assertThatThrownBy(() -> weights(task, none))
                .hasMessage("the recipe has withPretrained(true)" + missing + "weights(Task, Hyperparameters)");
    }
}
