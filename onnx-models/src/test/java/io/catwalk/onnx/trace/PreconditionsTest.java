package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Parameters that are too large for a file are refused before anything runs; broadcast ones take no memory here. */
@Tag("tiny")
class PreconditionsTest extends OneTrace {

    private Parameter parameter(long rows, DataType type) {
        NDArray array = manager.zeros(new Shape(), type).broadcast(new Shape(rows, 1 << 14));
        Parameter parameter = Parameter.builder()
                .setName("weight")
                .setType(Parameter.Type.WEIGHT)
                .build();
        parameter.setArray(array);
        return parameter;
    }

    private static Block block(Parameter... parameters) {
        SequentialBlock block = new SequentialBlock();
        for (Parameter parameter : parameters) {
            block.add(new Idle() {
                {
                    addParameter(parameter);
                }
            });
        }
        return new SequentialBlock().add(block);
    }

    /** Two of 1.07 GB are 2.1 GB together, which two files hold. */
    @Test
    void eachParameterIsJudgedByItsBytes() {
        Parameter first = parameter(1 << 14, DataType.FLOAT32);
        Parameter second = parameter(1 << 14, DataType.FLOAT32);
        assertThatCode(() -> Tracing.requireTraceable(block(first, second))).doesNotThrowAnyException();
        assertThatCode(() ->
                        Tracing.requireTraceable(Linear.builder().setUnits(3).build()))
                .doesNotThrowAnyException();
        assertThatCode(() -> Tracing.requireTraceable(block(parameter((1 << 17) - 1, DataType.INT8))))
                .doesNotThrowAnyException();
        assertRefused(
                () -> Tracing.requireTraceable(block(parameter(1 << 17, DataType.INT8))),
                "parameter weight of block",
                "takes 2.1 GB");
    }
}
