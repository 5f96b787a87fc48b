package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.lowering.OperatorTable;
import io.catwalk.onnx.runtime.TensorType;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What tests of a trace share: a manager of their own, and short names for what a tape and a program hold. */
abstract class OneTrace {

    final NDManager manager = NDManager.newBaseManager();
    final SharedTraceState succession = new SharedTraceState();

    @AfterEach
    final void close() {
        manager.close();
    }

    final Tracer newTracer() {
        return new Tracer(
                LambdaBlock.singleton(x -> x), manager, OperatorTable.primitives(), succession, Optional.empty());
    }

    static List<String> calls(Tracer tracer) {
        return tracer.tape().entries().stream()
                .filter(Entry.Operation.class::isInstance)
                .map(entry -> ((Entry.Operation) entry).signature())
                .toList();
    }

    static void assertRefused(ThrowingCallable doing, String... words) {
        assertThatThrownBy(doing).isInstanceOf(ExportException.class).hasMessageContainingAll(words);
    }

    static Operand floats(int id, Dim... sizes) {
        return new Operand(id, TensorType.FLOAT, new TensorShape(List.of(sizes)));
    }

    static Slot slot(int id, long... sizes) {
        return new Slot(id, new Shape(sizes), DataType.FLOAT32);
    }

    /** A block that returns what it takes. */
    static class Idle extends AbstractBlock {
        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
            return inputs;
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
