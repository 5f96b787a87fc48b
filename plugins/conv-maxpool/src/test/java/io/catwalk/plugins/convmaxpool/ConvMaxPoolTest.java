package io.catwalk.plugins.convmaxpool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.Task;
import io.catwalk.testkit.ClassifierContract;
import org.junit.jupiter.api.Test;

final class ConvMaxPoolTest extends ClassifierContract {

    ConvMaxPoolTest() {
        super(new ConvMaxPool());
    }

    @Test
    void imagesAreRefusedOfWhichThePoolingsWouldLeaveNothing() {
        ConvMaxPool classifier = new ConvMaxPool();
        assertThat(classifier.supports(Task.of(1, 28, 3, 10)).reason()).contains("needs images of at least 4x4");

        Task smallest = Task.of(1, 4, 4, 10);
        assertThat(classifier.supports(smallest).reason()).isEmpty();
        Shape images = new Shape(2, 1, 4, 4);
        Block network = classifier.network(smallest, classifier.searchSpace().defaults());
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, DataType.FLOAT32, images);
            assertThat(network.getOutputShapes(new Shape[] {images})).containsExactly(new Shape(2, 10));
        }
    }
}
