package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.catwalk.runner.training.TrainedModel.TorchPredictor.DetachedWeights;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class DetachedWeightsTest {

    @Test
    void weightsAreTakenOutOnceForSoManyCallsAsMemoryAllows() {
        try (NDManager parent = Engine.getEngine("PyTorch").newBaseManager()) {
            Parameter parameter = Parameter.builder()
                    .setName("weight")
                    .setType(Parameter.Type.WEIGHT)
                    .build();
            NDArray own = parent.create(new float[] {1, 2});
            own.setRequiresGradient(true);
            parameter.setArray(own);
            // 24 MiB may remain in memory twice, but not three times.
            DetachedWeights weights = new DetachedWeights(ImageLayout.CHANNELS_FIRST, 24L << 20);

            NDArray first = inCall(weights, parent, parameter);
            NDArray second = inCall(weights, parent, parameter);
            NDArray third = inCall(weights, parent, parameter);

            assertThat(second).isSameAs(first);
            assertThat(third).isNotSameAs(first);
            assertThat(first.isReleased()).isTrue();
            assertThat(third.hasGradient()).isFalse();
            assertThat(third.toFloatArray()).containsExactly(1, 2);
            assertThat(own.isReleased()).isFalse();
        }
    }

    private static NDArray inCall(DetachedWeights weights, NDManager parent, Parameter parameter) {
        try (NDManager call = parent.newSubManager()) {
            return weights.apply(call).getValue(parameter, Device.cpu(), false);
        }
    }
}
