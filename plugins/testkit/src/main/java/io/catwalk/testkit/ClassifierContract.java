package io.catwalk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Classifier;
import org.junit.jupiter.api.Test;

/** Proves that a classifier keeps the contract of a plugin. */
public abstract class ClassifierContract {

    private final Classifier classifier;

    /**
     * Creates the tests of one classifier.
     *
     * @param classifier what to test
     */
    protected ClassifierContract(Classifier classifier) {
        this.classifier = classifier;
    }

    @Test
    final void nameIsLowerCaseWithDashes() {
        assertThat(classifier.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    }
}
